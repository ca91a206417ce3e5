using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using MiniGrad.Backends.Cpu.Gemm;

namespace MiniGrad.Backends.Cpu.Assembled;

/// <summary>
/// Kernels whose instructions .NET has no intrinsics for, assembled when they are first asked for and kept by the shape of their
/// tile: products of bfloat16 pairs by VDPBF16PS. The threads of a back end, and its lanes, share them.
/// </summary>
internal sealed unsafe class AssembledKernels : IDisposable
{
    /// <summary>Set to 0, this keeps machine code from being made.</summary>
    public const string Switch = "MINIGRAD_JIT";

    private const int ExtendedFeatures = 7, Bfloat16Bit = 1 << 5;

    private readonly Lock _lock = new();
    private readonly List<ExecutableMemory> _memory = [];
    private nint* _tiles = (nint*)NativeMemory.AllocZeroed(PairTileShape.Count, (nuint)sizeof(nint));

    private AssembledKernels()
    {
    }

    /// <summary>Why there are none on this machine, or null where there are.</summary>
    public static string? Missing
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Switch) == "0") return $"{Switch}=0 forbids it";
            if (!HasInstruction) return "the processor has no AVX512-BF16";
            using ExecutableMemory? probe = ExecutableMemory.TryCreate([0xC3]);
            return probe is null ? "the system grants no executable memory" : null;
        }
    }

    private static bool HasInstruction => Avx512BW.IsSupported && X86Base.CpuId(0, 0).Eax >= ExtendedFeatures && X86Base.CpuId(ExtendedFeatures, 0).Eax >= 1 && (X86Base.CpuId(ExtendedFeatures, 1).Eax & Bfloat16Bit) != 0;

    /// <summary>The kernels, or null where there are none.</summary>
    public static AssembledKernels? TryCreate() => Missing is null ? new AssembledKernels() : null;

    /// <summary>The tiles that were prepared.</summary>
    public PairTiles Tiles => new(_tiles);

    /// <summary>Assembles the tiles that a product needs, where they are not there. If the system grants no more memory, they stay out.</summary>
    public void Prepare(in Product product)
    {
        int whole = Math.Min(product.M, PairTileShape.MaxRows), rest = product.M % PairTileShape.MaxRows;
        int registers = Blocking.Pieces(product.N, PairTileShape.Lanes), panel = Math.Min(registers, PairTileShape.MaxRegisters);
        // The last panels of 4, 7, 10, … registers have two each.
        int lastPanel = registers % PairTileShape.MaxRegisters == 1 && registers > 1 ? 2 : (registers - 1) % PairTileShape.MaxRegisters + 1;
        Prepare(product, whole, panel);
        Prepare(product, whole, lastPanel);
        if (rest == 0) return;
        Prepare(product, rest, panel);
        Prepare(product, rest, lastPanel);
    }

    /// <summary>Assembles one tile, where it is not there.</summary>
    public void Prepare(PairTileShape shape)
    {
        if (Volatile.Read(ref _tiles[shape.Index]) == 0) Assemble(shape);
    }

    /// <summary>Frees the code, which must not run any more.</summary>
    public void Dispose()
    {
        foreach (ExecutableMemory memory in _memory) memory.Dispose();
        _memory.Clear();
        NativeMemory.Free(_tiles);
        _tiles = null;
    }

    // A symmetric product's tiles leave out registers of a panel.
    private void Prepare(in Product product, int rows, int panel)
    {
        for (int registers = product.Symmetric ? 1 : panel; registers <= panel; registers++) Prepare(new PairTileShape(rows, registers, panel, product.TransposeA));
    }

    private void Assemble(PairTileShape shape)
    {
        lock (_lock)
        {
            if (_tiles[shape.Index] != 0 || ExecutableMemory.TryCreate(PairTileAssembler.Assemble(shape)) is not { } memory) return;
            _memory.Add(memory);
            Volatile.Write(ref _tiles[shape.Index], (nint)memory.Address);
        }
    }
}
