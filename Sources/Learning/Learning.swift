@_exported import Assimilation
@_exported import Networks
@_exported import Tensors
@_exported import Verification
