namespace MiniGrad.Plotting;

/// <summary>One figure as data: what to say and what to draw, without a word on how.</summary>
public sealed record Figure
{
    private const int MostPanels = 9, MostColumns = 4;
    /// <summary>What is shown, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The finding in one line, drawn bold under the title; null for none.</summary>
    public string? Subtitle { get; init; }

    /// <summary>What a reader must know to judge the figure (n, seeds, corpus, protocol, verdict); wrapped under the plot.</summary>
    public string? Caption { get; init; }

    /// <summary>The panels, row by row from the upper left. Those of one quantity (equal labels) are drawn with the same limits.</summary>
    public required IReadOnlyList<Panel> Panels { get; init; }

    /// <summary>How many panels stand side by side; null for one row of up to three, 2×2 of four, and rows of three of more.</summary>
    public int? Columns { get; init; }

    /// <summary>The colours of all panels' curves and rows in their order (<see cref="Palette.Assign"/>): one name has one colour in all panels.</summary>
    public IReadOnlyList<Rgb> Colors => Palette.Assign([.. Panels.SelectMany(p => p.ColorKeys)]);

    /// <summary>How many panels stand side by side, with the default resolved.</summary>
    internal int ColumnCount => Math.Min(Panels.Count, Columns ?? Panels.Count switch { <= 3 => Panels.Count, 4 => 2, _ => 3 });

    /// <summary>Throws if the figure cannot be drawn.</summary>
    /// <exception cref="ArgumentException">There is no panel, a panel has no data, lengths differ, x is not ascending, limits are reversed or nothing is finite.</exception>
    public void Validate()
    {
        string where = $"figure '{Title}'";
        if (Panels.Count is 0 or > MostPanels) throw new ArgumentException($"{where}: found {Panels.Count} panels, expected 1 to {MostPanels}; make several figures of them");
        if (Columns is < 1 or > MostColumns) throw new ArgumentException($"{where}: found {Columns} columns, expected 1 to {MostColumns}; leave Columns out");
        foreach ((int i, Panel panel) in Panels.Index()) panel.Validate(Panels.Count == 1 ? where : $"{where}, panel {i + 1}");
    }
}
