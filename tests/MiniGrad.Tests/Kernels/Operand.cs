using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels;

/// <summary>The same numbers on three back ends, each surrounded by others that a kernel must not touch.</summary>
internal sealed class Operand : IDisposable
{
    public delegate void Upload(BufferView view, ReadOnlySpan<float> values);

    public delegate void Download(BufferView view, Span<double> values);

    private const int After = 5;
    private readonly DeviceBuffer[] _buffers = new DeviceBuffer[3];
    private readonly Download[] _download;
    private readonly float[] _initial;
    private readonly int _offset, _length;

    public Operand(Func<long, ElementType, DeviceBuffer>[] allocate, Upload[] upload, Download[] download, ReadOnlySpan<float> values, int offset)
    {
        (_download, _offset, _length) = (download, offset, values.Length);
        _initial = new float[offset + values.Length + After];
        Array.Fill(_initial, 12345.678f);
        values.CopyTo(_initial.AsSpan(offset));
        for (int i = 0; i < 3; i++)
        {
            _buffers[i] = allocate[i](_initial.Length, ElementType.Real);
            upload[i](_buffers[i].View, _initial);
        }
    }

    /// <summary>The view on one of the back ends.</summary>
    public BufferView this[int backend] => new(_buffers[backend], _offset, _length);

    /// <summary>The numbers on one of the back ends.</summary>
    public double[] Read(int backend)
    {
        var values = new double[_length];
        _download[backend](this[backend], values);
        return values;
    }

    /// <summary>Whether the numbers around the view are still what they were.</summary>
    public bool IsIntactOutside()
    {
        var all = new double[_initial.Length];
        for (int backend = 1; backend < 3; backend++)
        {
            _download[backend](_buffers[backend].View, all);
            for (int i = 0; i < all.Length; i++)
            {
                if ((i < _offset || i >= _offset + _length) && all[i] != _initial[i]) return false;
            }
        }
        return true;
    }

    public void Dispose()
    {
        foreach (DeviceBuffer buffer in _buffers) buffer.Dispose();
    }
}
