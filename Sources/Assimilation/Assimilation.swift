// Assimilation
