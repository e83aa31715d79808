// swift-tools-version: 6.2
// Apus: machine learning in data assimilation. Read top to bottom: the order is the order of dependency.

import PackageDescription

// Each target has a page: its contents, and how to add one more.
let readme = ["README.md"]

let package = Package(
    name: "Apus",
    platforms: [.macOS(.v15)],  // meant to work there; untested
    products: [
        .library(
            name: "Apus",
            targets: [
                "Tensors", "Kernels", "Networks", "Dynamics", "Formulas", "Assimilation", "Verification",
                "Learning", "Studies", "Supervised", "Experiments",
            ]),
        // All but files: for packages that bring models and methods of their own.
        .library(
            name: "Studies",
            targets: [
                "Tensors", "Kernels", "Networks", "Dynamics", "Formulas", "Assimilation", "Verification",
                "Learning", "Studies", "Supervised",
            ]),
        .library(name: "Checks", targets: ["Checks"]),
        .executable(name: "apus", targets: ["apus"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
    ],
    targets: [
        // C libraries, one thin target each.
        .systemLibrary(
            name: "CNetCDF", pkgConfig: "netcdf",
            providers: [.apt(["libnetcdf-dev"]), .brew(["netcdf"])]),
        .systemLibrary(name: "CSystem"),
        // Reads NetCDF files in a process of its own, in C: nothing else may run in a copy of a process with threads.
        .target(name: "CNetCDFReader", dependencies: ["CNetCDF"]),

        // The engine: tensors, their derivatives, and the programs that they make.
        .target(
            name: "Tensors", dependencies: [.product(name: "RealModule", package: "swift-numerics")], exclude: readme),
        // Headers of C are texts in Swift, made by Scripts/embed.
        .target(name: "Kernels", dependencies: ["Tensors", "CSystem"], exclude: readme + ["C"]),

        // What the engine is for.
        .target(name: "Verification", dependencies: ["Tensors"], exclude: readme),
        .target(name: "Networks", dependencies: ["Tensors", "Verification"], exclude: readme),
        .target(name: "Dynamics", dependencies: ["Tensors"], exclude: readme),
        .target(name: "Formulas", dependencies: ["Tensors", "Dynamics"], exclude: readme),
        .target(name: "Assimilation", dependencies: ["Tensors", "Verification"], exclude: readme),
        .target(
            name: "Learning",
            dependencies: ["Tensors", "Kernels", "Networks", "Dynamics", "Assimilation", "Verification"],
            exclude: readme),

        // Problems, methods, models and the settings of papers as values, and the protocol that compares them.
        .target(
            name: "Studies",
            dependencies: [
                "Tensors", "Kernels", "Networks", "Dynamics", "Formulas", "Assimilation", "Verification", "Learning",
            ], exclude: readme),

        // Regression and classification: data, folds, models, scores and choices as values.
        .target(
            name: "Supervised",
            dependencies: ["Tensors", "Kernels", "Networks", "Assimilation", "Verification", "Learning", "Studies"],
            exclude: readme),

        // Files, settings, runs and reports: the only part that knows of the world.
        .target(
            name: "Experiments",
            dependencies: [
                "CNetCDF", "CNetCDFReader", "CSystem", "Tensors", "Kernels", "Formulas", "Learning", "Dynamics",
                "Studies", "Supervised",
                .product(name: "Yams", package: "Yams"),
            ], exclude: readme),
        .executableTarget(
            name: "apus",
            dependencies: [
                "Studies", "Experiments", "Kernels", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], exclude: readme),

        // Campaigns against the program: damaged inputs, absurd settings, killed runs.
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Experiments", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ], exclude: readme),

        // The library example of the README, and one for each way in which learning enters;
        // compiled and run by the tests.
        .executableTarget(
            name: "Twin", dependencies: ["Assimilation", "Dynamics"], path: "Examples/Library", exclude: ["output.txt"]),
        .executableTarget(name: "LearnForecast", dependencies: ["Learning"], path: "Examples/LearnForecast"),
        .executableTarget(name: "UseForecast", dependencies: ["Learning"], path: "Examples/UseForecast"),
        .executableTarget(name: "OwnData", dependencies: ["Learning"], path: "Examples/OwnData"),
        .executableTarget(name: "LearnAnalysis", dependencies: ["Learning"], path: "Examples/LearnAnalysis"),
        .executableTarget(name: "LearnBoth", dependencies: ["Learning"], path: "Examples/LearnBoth"),

        // The programs of docs/tour, one function a page.
        .executableTarget(
            name: "Tour",
            dependencies: [
                "Checks", "Kernels", "Networks", "Dynamics", "Assimilation", "Learning", "Supervised", "Experiments",
            ], path: "Examples/Tour"),

        // The rows of the benchmark, run by Benchmarks/run beside those of the peers.
        .executableTarget(
            name: "Bench", dependencies: ["Kernels", "Networks", "Dynamics", "Assimilation", "Learning"],
            path: "Benchmarks/Apus"),

        // The laws that every operation, map, tree, optimiser and analysis obeys.
        .target(
            name: "Checks", dependencies: ["Networks", "Dynamics", "Assimilation", "Verification"], exclude: readme),

        .testTarget(
            name: "TensorsTests",
            dependencies: ["Tensors", "Kernels", "Checks", .product(name: "RealModule", package: "swift-numerics")]),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "Networks"], exclude: ["Data"]),
        .testTarget(name: "NetworksTests", dependencies: ["Networks", "Kernels", "Checks"]),
        .testTarget(name: "DynamicsTests", dependencies: ["Dynamics", "Kernels", "Checks"]),
        .testTarget(name: "FormulasTests", dependencies: ["Formulas", "Dynamics", "Kernels", "Checks"]),
        .testTarget(
            name: "AssimilationTests", dependencies: ["Assimilation", "Dynamics", "Kernels", "Verification", "Checks"],
            exclude: ["Data"]),
        .testTarget(name: "VerificationTests", dependencies: ["Verification"]),
        .testTarget(name: "LearningTests", dependencies: ["Learning", "Dynamics", "Checks"]),
        .testTarget(name: "SupervisedTests", dependencies: ["Supervised", "Learning", "Networks"]),
        .testTarget(name: "ExperimentsTests", dependencies: ["Experiments", "Studies", "Checks"]),
        .testTarget(name: "ApusTests", dependencies: ["apus", "Experiments", "Studies"]),
    ],
    swiftLanguageModes: [.v6]
)
