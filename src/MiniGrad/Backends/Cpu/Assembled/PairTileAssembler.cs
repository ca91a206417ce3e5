using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace MiniGrad.Backends.Cpu.Assembled;

/// <summary>
/// Writes the machine code of a tile: <c>void tile(PairTile*)</c>. The tile of C lies in up to 24 registers; a step loads a strip
/// of B, and for each row broadcasts one pair of A and multiplies it with the strip by VDPBF16PS.
/// </summary>
internal static class PairTileAssembler
{
    private const int Unrolled = 4;
    private const int PairBytes = sizeof(uint);
    private const int RegisterBytes = 64;
    private const int FirstB = 24, FirstA = 27;
    // Windows wants the lower halves of these back.
    private const int FirstSaved = 6, EndSaved = 16, SavedBytes = 16;

    private static readonly AssemblerRegisterZMM[] Zmm = [zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15, zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31];
    private static readonly AssemblerRegisterXMM[] Xmm = [xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    // Free on every platform: rax, rcx, rdx, r8 to r11; the others are saved.
    private static readonly AssemblerRegister64 A = rax, RowA = r8, B = rdx, C = r9, RowC = r10, Left = r11, Row3 = rbx, Row5 = rbp, Row7 = r12;

    /// <summary>The code of a tile of a shape.</summary>
    public static byte[] Assemble(PairTileShape shape)
    {
        var code = new Assembler(64);
        Enter(code, shape);
        Multiply(code, shape);
        Label add = code.CreateLabel(), end = code.CreateLabel();
        AssemblerRegister64 tile = OperatingSystem.IsWindows() ? rsi : rdi;
        code.kmovw(k1, __dword_ptr[tile + Offset(nameof(PairTile.Mask))]);
        code.vbroadcastss(zmm31, __dword_ptr[tile + Offset(nameof(PairTile.Alpha))]);
        code.cmp(__dword_ptr[tile + Offset(nameof(PairTile.Add))], 0);
        code.jne(add);
        Store(code, shape, adds: false);
        code.jmp(end);
        code.Label(ref add);
        Store(code, shape, adds: true);
        code.Label(ref end);
        Leave(code);
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    private static void Enter(Assembler code, PairTileShape shape)
    {
        code.push(rbx);
        code.push(rbp);
        code.push(r12);
        AssemblerRegister64 tile = rdi;
        if (OperatingSystem.IsWindows())
        {
            code.push(rsi);
            code.mov(rsi, rcx);
            tile = rsi;
            code.sub(rsp, (EndSaved - FirstSaved) * SavedBytes);
            for (int i = FirstSaved; i < EndSaved; i++) code.vmovups(__xmmword_ptr[rsp + (i - FirstSaved) * SavedBytes], Xmm[i]);
        }
        code.mov(A, __qword_ptr[tile + Offset(nameof(PairTile.A))]);
        code.mov(RowA, __qword_ptr[tile + Offset(nameof(PairTile.RowA))]);
        code.mov(B, __qword_ptr[tile + Offset(nameof(PairTile.B))]);
        code.mov(C, __qword_ptr[tile + Offset(nameof(PairTile.C))]);
        code.mov(RowC, __qword_ptr[tile + Offset(nameof(PairTile.RowC))]);
        code.mov(Left, __qword_ptr[tile + Offset(nameof(PairTile.Pairs))]);
        code.lea(Row3, __[RowA + RowA * 2]);
        code.lea(Row5, __[RowA + RowA * 4]);
        code.lea(Row7, __[Row3 + RowA * 4]);
        for (int i = 0; i < shape.Rows * shape.Registers; i++) code.vpxord(Zmm[i], Zmm[i], Zmm[i]);
        // C lies in a far cache, and its lines arrive while the tile is multiplied.
        code.mov(rcx, C);
        for (int r = 0; r < shape.Rows; r++)
        {
            for (int j = 0; j < shape.Registers; j++) code.prefetcht0(__byte_ptr[rcx + j * RegisterBytes]);
            if (r + 1 < shape.Rows) code.add(rcx, RowC);
        }
    }

    private static void Multiply(Assembler code, PairTileShape shape)
    {
        Label loop = code.CreateLabel(), rest = code.CreateLabel(), step = code.CreateLabel(), done = code.CreateLabel();
        int advanceA = shape.StepA * PairBytes, advanceB = shape.PanelRegisters * RegisterBytes;
        code.sub(Left, Unrolled);
        code.jl(rest);
        code.Label(ref loop);
        for (int u = 0; u < Unrolled; u++) Step(code, shape, u);
        code.add(A, Unrolled * advanceA);
        code.add(B, Unrolled * advanceB);
        code.sub(Left, Unrolled);
        code.jge(loop);
        code.Label(ref rest);
        code.add(Left, Unrolled);
        code.jle(done);
        code.Label(ref step);
        Step(code, shape, 0);
        code.add(A, advanceA);
        code.add(B, advanceB);
        code.dec(Left);
        code.jg(step);
        code.Label(ref done);
    }

    private static void Step(Assembler code, PairTileShape shape, int u)
    {
        int atA = u * shape.StepA * PairBytes, atB = u * shape.PanelRegisters * RegisterBytes;
        for (int j = 0; j < shape.Registers; j++) code.vmovups(Zmm[FirstB + j], __zmmword_ptr[B + (atB + j * RegisterBytes)]);
        for (int r = 0; r < shape.Rows; r++)
        {
            AssemblerRegisterZMM pair = Zmm[FirstA + r % (Zmm.Length - FirstA)];
            code.vpbroadcastd(pair, Row(r, atA));
            for (int j = 0; j < shape.Registers; j++) code.vdpbf16ps(Zmm[r * shape.Registers + j], pair, Zmm[FirstB + j]);
        }
    }

    private static AssemblerMemoryOperand Row(int row, int offset) => row switch
    {
        0 => __dword_ptr[A + offset],
        1 => __dword_ptr[A + RowA + offset],
        2 => __dword_ptr[A + RowA * 2 + offset],
        3 => __dword_ptr[A + Row3 + offset],
        4 => __dword_ptr[A + RowA * 4 + offset],
        5 => __dword_ptr[A + Row5 + offset],
        6 => __dword_ptr[A + Row3 * 2 + offset],
        _ => __dword_ptr[A + Row7 + offset],
    };

    private static void Store(Assembler code, PairTileShape shape, bool adds)
    {
        AssemblerRegisterZMM alpha = zmm31, old = zmm30;
        for (int r = 0; r < shape.Rows; r++)
        {
            for (int j = 0; j < shape.Registers; j++)
            {
                bool last = j == shape.Registers - 1;
                AssemblerRegisterZMM sum = Zmm[r * shape.Registers + j];
                AssemblerMemoryOperand to = __zmmword_ptr[C + j * RegisterBytes];
                if (adds)
                {
                    code.vmovups(last ? old.k1.z : old, to);
                    code.vfmadd213ps(sum, alpha, old);
                }
                else
                {
                    code.vmulps(sum, sum, alpha);
                }
                code.vmovups(last ? to.k1 : to, sum);
            }
            if (r + 1 < shape.Rows) code.add(C, RowC);
        }
    }

    private static void Leave(Assembler code)
    {
        // The upper halves go before the lower ones come back.
        code.vzeroupper();
        if (OperatingSystem.IsWindows())
        {
            for (int i = FirstSaved; i < EndSaved; i++) code.vmovups(Xmm[i], __xmmword_ptr[rsp + (i - FirstSaved) * SavedBytes]);
            code.add(rsp, (EndSaved - FirstSaved) * SavedBytes);
            code.pop(rsi);
        }
        code.pop(r12);
        code.pop(rbp);
        code.pop(rbx);
        code.ret();
    }

    private static int Offset(string field) => (int)Marshal.OffsetOf<PairTile>(field);
}
