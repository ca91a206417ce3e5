using System.CommandLine;
using System.CommandLine.Help;

namespace MiniGrad.Experiments.Commands;

/// <summary>What an option is to a run that is kept.</summary>
internal enum OptionUse
{
    /// <summary>Says what is trained: kept with the run, and repeated from its manifest.</summary>
    Run,

    /// <summary>Is for the machine that trains: kept with the run, and chosen anew where a manifest is repeated.</summary>
    Machine,

    /// <summary>Says where to write or how to show things: not kept, so that it may change from one start to the next.</summary>
    User,
}

/// <summary>An option that says of itself what else the program has to know of it.</summary>
internal interface ICommandOption
{
    /// <summary>What it is to a run that is kept.</summary>
    OptionUse Use { get; }

    /// <summary>The group of the help that it stands in (<see cref="OptionGroups"/>), or null where the group names it.</summary>
    string? Group { get; }

    /// <summary>Whether its value may hold a slash and is no path: a manifest holds no paths.</summary>
    bool Fraction { get; }
}

/// <summary>An option of a command; without more, of what is trained.</summary>
internal sealed class CommandOption<T>(string name) : Option<T>(name), ICommandOption
{
    public OptionUse Use { get; init; }

    public string? Group { get; init; }

    public bool Fraction { get; init; }
}

/// <summary>What any option says of itself.</summary>
internal static class CommandOption
{
    /// <summary>What it is to a run that is kept.</summary>
    public static OptionUse UseOf(Option option) => option switch
    {
        ICommandOption told => told.Use,
        HelpOption or VersionOption => OptionUse.User,
        _ => OptionUse.Run,
    };

    /// <summary>Whether its value may hold a slash and is no path.</summary>
    public static bool IsFraction(Option option) => option is ICommandOption { Fraction: true };
}
