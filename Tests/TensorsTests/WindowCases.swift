@testable import Tensors

/// Windows, convolution and pooling.
extension OperationCase {
    static var windows: [OperationCase] {
        let parameters: [(shape: [Int], axis: Int, size: Int, stride: Int, dilation: Int)] = [
            ([7], 0, 3, 1, 1), ([2, 7, 2], 1, 3, 2, 2), ([3, 4], 0, 1, 1, 1), ([5, 2], 0, 2, 4, 1),
            ([1, 6], 1, 6, 1, 1),
            ([2, 3], 1, 4, 1, 1), ([0, 4], 1, 2, 1, 1), ([2, 0], 1, 2, 1, 1),
        ]
        return parameters.flatMap { p in
            let places = windowCount(p.shape[p.axis], p.size, p.stride, p.dilation)
            let shape = p.shape.replacing(axis: p.axis, with: places) + [p.size]
            return [
                OperationCase("windows along axis \(p.axis)", [smooth(p.shape, 80)]) {
                    [$0[0].unfold(axis: p.axis, size: p.size, stride: p.stride, dilation: p.dilation)]
                },
                OperationCase("fold along axis \(p.axis)", [smooth(shape, 81)]) {
                    let length = p.shape[p.axis]
                    return [
                        apply(
                            .fold(axis: p.axis, length: length, stride: p.stride, dilation: p.dilation), $0[0])
                    ]
                },
            ]
        }
    }

    static var convolutions: [OperationCase] {
        [
            OperationCase("convolution", [smooth([2, 2, 7], 82), smooth([3, 2, 3], 83)]) {
                [$0[0].convolution($0[1]), $0[0].convolution($0[1], strides: [2], dilations: [2], padding: .zero)]
            },
            OperationCase("periodic convolution in groups", [smooth([1, 4, 5], 84), smooth([2, 2, 4], 85)]) {
                [$0[0].convolution($0[1], padding: .periodic, groups: 2)]
            },
            OperationCase("convolution in two dimensions", [smooth([2, 2, 5, 4], 86), smooth([3, 2, 3, 2], 87)]) {
                [
                    $0[0].convolution($0[1], strides: [2, 1]),
                    $0[0].convolution($0[1], dilations: [1, 2], padding: .periodic),
                ]
            },
            OperationCase("convolution channel by channel", [smooth([1, 2, 3, 3], 88), smooth([2, 1, 2, 2], 89)]) {
                [$0[0].convolution($0[1], padding: .zero, groups: 2)]
            },
            OperationCase("convolution of no images", [smooth([0, 2, 4], 90), smooth([1, 2, 2], 91)]) {
                [$0[0].convolution($0[1])]
            },
            OperationCase("pooling", [smooth([2, 7], 92)]) {
                [$0[0].maximumPooling([3]), $0[0].averagePooling([3], strides: [2])]
            },
            OperationCase("pooling in two dimensions", [smooth([2, 5, 4], 93)]) {
                [$0[0].maximumPooling([2, 2]), $0[0].averagePooling([3, 2], strides: [1, 1])]
            },
        ]
    }
}
