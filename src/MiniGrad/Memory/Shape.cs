using System.Runtime.CompilerServices;

namespace MiniGrad;

/// <summary>The sizes of a tensor of up to five dimensions, row-major: the last dimension is contiguous.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most dimensions a shape can have.</summary>
    public const int MaxRank = 5;

    [InlineArray(MaxRank)]
    private struct Sizes
    {
        private int _first;
    }

    private readonly Sizes _sizes;

    // So that the default value is the scalar shape, as its equality with [] promises.
    private readonly long _countLessOne;

    /// <summary>A shape of the given sizes; none makes a scalar.</summary>
    /// <param name="sizes">Up to five sizes, each at least 0.</param>
    /// <exception cref="ArgumentException">More than five dimensions, or a negative size.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length > MaxRank) throw new ArgumentException($"shape: {sizes.Length} dimensions; at most {MaxRank} are supported", nameof(sizes));
        long count = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] < 0) throw new ArgumentException($"shape: size {sizes[i]} of dimension {i} is negative", nameof(sizes));
            _sizes[i] = sizes[i];
            count = checked(count * sizes[i]);
        }
        Rank = sizes.Length;
        _countLessOne = count - 1;
    }

    /// <summary>Number of dimensions.</summary>
    public int Rank { get; }

    /// <summary>Number of elements; 1 for a scalar.</summary>
    public long Count => _countLessOne + 1;

    /// <summary>The size of a dimension; a negative index counts from the last, as −1.</summary>
    /// <param name="dimension">The dimension, from −Rank to Rank − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public int this[int dimension] => _sizes[IndexOf(dimension)];

    /// <summary>The size of the last dimension; 1 for a scalar.</summary>
    public int Columns => Rank == 0 ? 1 : _sizes[Rank - 1];

    /// <summary>How many rows of <see cref="Columns"/> elements there are; 1 for a scalar.</summary>
    public int Rows => Columns == 0 ? 0 : checked((int)(Count / Columns));

    /// <summary>Makes a shape from a collection expression such as <c>[2, 3]</c>.</summary>
    /// <param name="sizes">The sizes.</param>
    public static Shape Create(ReadOnlySpan<int> sizes) => new(sizes);

    /// <summary>The same shape with one dimension resized.</summary>
    /// <param name="dimension">The dimension; a negative index counts from the last.</param>
    /// <param name="size">Its new size.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public Shape With(int dimension, int size)
    {
        int resized = IndexOf(dimension);
        Span<int> sizes = stackalloc int[MaxRank];
        for (int i = 0; i < Rank; i++) sizes[i] = _sizes[i];
        sizes[resized] = size;
        return new Shape(sizes[..Rank]);
    }

    /// <summary>Enumerates the sizes, first dimension first.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <inheritdoc/>
    public bool Equals(Shape other)
    {
        if (Rank != other.Rank) return false;
        for (int i = 0; i < Rank; i++)
        {
            if (_sizes[i] != other._sizes[i]) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (int i = 0; i < Rank; i++) hash.Add(_sizes[i]);
        return hash.ToHashCode();
    }

    /// <summary>Whether two shapes have the same sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The shape as <c>(2,3)</c>.</summary>
    public override string ToString()
    {
        var text = new System.Text.StringBuilder("(");
        for (int i = 0; i < Rank; i++) text.Append(i > 0 ? "," : "").Append(_sizes[i]);
        return text.Append(')').ToString();
    }

    private int IndexOf(int dimension)
    {
        int i = dimension < 0 ? dimension + Rank : dimension;
        return (uint)i < (uint)Rank ? i : throw new ArgumentOutOfRangeException(nameof(dimension), $"shape {this} has no dimension {dimension}");
    }

    /// <summary>Walks over the sizes of a shape.</summary>
    /// <param name="shape">The shape.</param>
    public ref struct Enumerator(Shape shape)
    {
        private readonly Shape _shape = shape;
        private int _next;

        /// <summary>The size reached.</summary>
        public readonly int Current => _shape._sizes[_next - 1];

        /// <summary>Steps on.</summary>
        public bool MoveNext() => _next++ < _shape.Rank;
    }
}
