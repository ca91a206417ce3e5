using MiniGrad.Experiments.Commands;

namespace MiniGrad.Experiments.Configuration;

/// <summary>
/// Makes a property of <see cref="RunSettings"/> an option of every training command: declared, checked, in the help, the schema
/// and a run's identity by this line. The property's type says what it takes: a flag, a whole number, a number, a text, or the
/// written names of an enum. Where it is not given, the settings' own default holds, or what the builder computed.
/// </summary>
/// <param name="name">The option, such as <c>--clip</c>.</param>
/// <param name="description">What it is, for <c>--help</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RunOptionAttribute(string name, string description) : Attribute
{
    public string Name => name;

    public string Description => description;

    /// <summary>The least number that is allowed.</summary>
    public double Least { get; init; } = double.NegativeInfinity;

    /// <summary>The largest number that is allowed.</summary>
    public double Most { get; init; } = double.PositiveInfinity;

    /// <summary>The group of the help that it stands in.</summary>
    public string Group { get; init; } = OptionGroups.WhileItTrains;

    /// <summary>What it is to a run that is kept.</summary>
    public OptionUse Use { get; init; }

    /// <summary>Whether it decides a run's numbers, so that an interrupted run goes on with the same value only.</summary>
    public bool InIdentity { get; init; } = true;

    /// <summary>Whether another value may have another best learning rate, so that the profile's is no longer called its best.</summary>
    public bool Retunes { get; init; } = true;
}
