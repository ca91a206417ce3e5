using System.Collections;
using System.Runtime.CompilerServices;

namespace MiniGrad;

/// <summary>
/// A pipeline: the stages that a step takes, in order. Lists of equal stages are equal, and give the same bits. Write one as
/// <c>[new Momentum(0.95), new Orthogonalize(), new UpdateWeights()]</c>, or change a preset's.
/// </summary>
[CollectionBuilder(typeof(StageList), nameof(Create))]
public sealed class StageList : IReadOnlyList<Stage>, IEquatable<StageList>
{
    private readonly Stage[] _stages;

    private StageList(Stage[] stages) => _stages = stages;

    /// <summary>Number of stages.</summary>
    public int Count => _stages.Length;

    /// <summary>Whether one of them is for matrices alone: it orthogonalizes or whitens them, or keeps their norm.</summary>
    public bool Orthogonalizes => Array.Exists(_stages, stage => stage.ForMatrices);

    /// <summary>The stage names in order, such as <c>momentum → nesterov → orthogonalize → shape-scale → update</c>.</summary>
    public string Names => string.Join(" → ", _stages.Select(stage => stage.Name));

    /// <inheritdoc/>
    public Stage this[int index] => _stages[index];

    /// <summary>A list of stages; what a collection expression calls.</summary>
    /// <param name="stages">The stages.</param>
    public static StageList Create(ReadOnlySpan<Stage> stages) => new(stages.ToArray());

    /// <summary>The first stage of a kind, or null.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    public T? Find<T>() where T : Stage => _stages.OfType<T>().FirstOrDefault();

    /// <summary>The list with another stage in the place of every one of a kind.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="replacement">Makes the new stage of the old one.</param>
    /// <exception cref="ArgumentException">There is none of the kind.</exception>
    public StageList Replace<T>(Func<T, Stage> replacement) where T : Stage
    {
        ArgumentNullException.ThrowIfNull(replacement);
        _ = IndexOf<T>();
        return [.. _stages.Select(stage => stage is T old ? replacement(old) : stage)];
    }

    /// <summary>The list with another stage in the place of every one of a kind.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="replacement">The new stage.</param>
    /// <exception cref="ArgumentException">There is none of the kind.</exception>
    public StageList Replace<T>(Stage replacement) where T : Stage => Replace<T>(_ => replacement);

    /// <summary>The list with a stage before the first one of a kind.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="stage">The new stage.</param>
    /// <exception cref="ArgumentException">There is none of the kind.</exception>
    public StageList Before<T>(Stage stage) where T : Stage => Inserted(IndexOf<T>(), stage);

    /// <summary>The list with a stage behind the first one of a kind.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="stage">The new stage.</param>
    /// <exception cref="ArgumentException">There is none of the kind.</exception>
    public StageList After<T>(Stage stage) where T : Stage => Inserted(IndexOf<T>() + 1, stage);

    /// <summary>The list without the stages of a kind.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <exception cref="ArgumentException">There is none of the kind.</exception>
    public StageList Without<T>() where T : Stage
    {
        _ = IndexOf<T>();
        return [.. _stages.Where(stage => stage is not T)];
    }

    /// <inheritdoc/>
    public bool Equals(StageList? other) => other is not null && _stages.AsSpan().SequenceEqual(other._stages);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StageList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Stage stage in _stages) hash.Add(stage);
        return hash.ToHashCode();
    }

    /// <summary>One line a stage: its name and formula.</summary>
    public override string ToString() => string.Join("\n", _stages.AsEnumerable());

    /// <inheritdoc/>
    public IEnumerator<Stage> GetEnumerator() => _stages.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _stages.GetEnumerator();

    private StageList Inserted(int at, Stage stage) => [.. _stages[..at], stage, .. _stages[at..]];

    private int IndexOf<T>() where T : Stage
    {
        int index = Array.FindIndex(_stages, stage => stage is T);
        return index >= 0 ? index : throw new ArgumentException($"no stage is a {typeof(T).Name}; there are {Names}");
    }
}
