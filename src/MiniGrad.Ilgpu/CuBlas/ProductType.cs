namespace MiniGrad.Ilgpu;

/// <summary>What the operands of a product on the device are; sums and results are float32 always.</summary>
internal enum ProductType
{
    /// <summary>float32, exact: no tensor cores.</summary>
    Float32,

    /// <summary>float32 whose 13 lowest bits tensor cores leave out.</summary>
    Tf32,

    /// <summary>Rounded to bfloat16, ties to even.</summary>
    Bfloat16,
}
