namespace MiniGrad.Backends.Cpu;

/// <summary>A piece of parallel work: a struct of pointers and sizes, so that running it allocates nothing.</summary>
internal interface IBlockJob
{
    /// <summary>Does one block. Which worker does it must not change the result.</summary>
    /// <param name="block">Index of the block.</param>
    /// <param name="worker">Index of the worker, for its own scratch memory.</param>
    void Run(int block, int worker);
}
