using System.Runtime.Intrinsics;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;

namespace MiniGrad.Tests.Kernels;

public sealed unsafe class LanesTests
{
    [Fact]
    public void Partial_loads_fill_and_partial_stores_stop() => EachWidth(default(PartialCheck));

    [Fact]
    public void Sum_largest_and_select_see_every_lane() => EachWidth(default(AcrossCheck));

    [Fact]
    public void Numbers_go_to_bfloat16_and_back_as_one_by_one() => EachWidth(default(Bfloat16Check));

    private static void EachWidth<TCheck>(TCheck check) where TCheck : ICheck
    {
        check.Run<Lanes1>();
        if (Vector128.IsHardwareAccelerated) check.Run<Lanes4>();
        if (Vector256.IsHardwareAccelerated) check.Run<Lanes8>();
        if (Vector512.IsHardwareAccelerated) check.Run<Lanes16>();
    }

    private interface ICheck
    {
        void Run<TV>() where TV : unmanaged, ILanes<TV>;
    }

    private readonly struct PartialCheck : ICheck
    {
        public void Run<TV>() where TV : unmanaged, ILanes<TV>
        {
            float* from = stackalloc float[16];
            float* to = stackalloc float[17];
            for (int i = 0; i < 16; i++) from[i] = i + 1;
            for (int count = 1; count <= TV.Count + 1; count++)
            {
                new Span<float>(to, 17).Fill(-1);
                TV.Load(from, count, 7).Store(to);
                for (int i = 0; i < TV.Count; i++) Assert.Equal(i < count ? i + 1 : 7, to[i]);
                new Span<float>(to, 17).Fill(-1);
                TV.Load(from).Store(to, count);
                for (int i = 0; i < 17; i++) Assert.Equal(i < Math.Min(count, TV.Count) ? i + 1 : -1, to[i]);
            }
        }
    }

    private readonly struct Bfloat16Check : ICheck
    {
        public void Run<TV>() where TV : unmanaged, ILanes<TV>
        {
            var random = new Random(5);
            float* from = stackalloc float[16], to = stackalloc float[16];
            ushort* half = stackalloc ushort[17];
            for (int round = 0; round < 2000; round++)
            {
                for (int i = 0; i < 16; i++) from[i] = BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32) & (round % 2 == 0 ? ~0u : 0xFFFF_8000));
                int count = 1 + round % (TV.Count + 1);
                new Span<ushort>(half, 17).Fill(7);
                TV.ToBfloat16(TV.Load(from)).Store(to);
                TV.Load(from).StoreBfloat16(half, count);
                for (int i = 0; i < 17; i++) Assert.Equal(i < Math.Min(count, TV.Count) ? Bfloat16.Round(from[i]) : 7, half[i]);
                for (int i = 0; i < TV.Count; i++) Assert.Equal((uint)Bfloat16.Round(from[i]) << 16, BitConverter.SingleToUInt32Bits(to[i]));
                TV.LoadBfloat16(half, count).Store(to);
                for (int i = 0; i < TV.Count; i++) Assert.Equal(i < count ? (uint)half[i] << 16 : 0, BitConverter.SingleToUInt32Bits(to[i]));
            }
        }
    }

    private readonly struct AcrossCheck : ICheck
    {
        public void Run<TV>() where TV : unmanaged, ILanes<TV>
        {
            float* lanes = stackalloc float[16];
            for (int at = 0; at < TV.Count; at++)
            {
                new Span<float>(lanes, 16).Clear();
                lanes[at] = 3;
                TV x = TV.Load(lanes), picked = TV.Select(TV.Less(TV.All(1), x), TV.All(-5), TV.All(2));
                Assert.Equal(3, TV.Sum(x));
                Assert.Equal(3, TV.Largest(x));
                Assert.Equal(2 * (TV.Count - 1) - 5, TV.Sum(picked));
            }
        }
    }
}
