// swift-tools-version: 6.2
// A model and an analysis of one's own, compared with those of the house. Nothing of Apus is changed for it.

import PackageDescription

let package = Package(
    name: "OwnModel",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Apus", path: "../..")],
    targets: [
        .executableTarget(name: "OwnModel", dependencies: [.product(name: "Studies", package: "Apus")])
    ],
    swiftLanguageModes: [.v6]
)
