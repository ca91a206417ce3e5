namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Many small products: each is done by one thread.</summary>
/// <param name="first">The first product.</param>
/// <param name="call">Where the strides come from.</param>
/// <param name="workspace">Workspace of all threads.</param>
/// <param name="workspaceLength">Floats of workspace a thread.</param>
internal readonly unsafe struct BatchJob<TV>(in Product first, in GemmCall call, float* workspace, long workspaceLength) : IBlockJob
    where TV : unmanaged, ILanes<TV>
{
    private readonly Product _first = first;
    private readonly long _strideA = call.StrideA, _strideB = call.StrideB, _strideC = call.StrideC;
    private readonly float* _workspace = workspace;
    private readonly long _workspaceLength = workspaceLength;

    /// <inheritdoc/>
    public void Run(int block, int worker)
    {
        Product product = _first;
        product.Advance(block * _strideA, block * _strideB, block * _strideC);
        new ProductJob<TV>(product, 1, _workspace + worker * _workspaceLength).RunAlone();
    }
}
