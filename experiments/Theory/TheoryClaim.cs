namespace MiniGrad.Experiments.Theory;

/// <summary>A statement that is checked.</summary>
/// <param name="IsOfCode">
/// Whether it is proven of every step, so that a violation is an error of the program (the outcome is then <c>holds</c> or <c>violated</c>);
/// else it is about what the theorems say or assume and the runs may contradict it (<c>confirmed</c>, <c>refuted</c>, <c>inconclusive</c>).
/// </param>
/// <param name="Paper">The paper's name for it.</param>
/// <param name="Text">The statement, fixed before the runs.</param>
internal sealed record TheoryStatement(bool IsOfCode, string Paper, string Text)
{
    /// <summary>What it is called in lists.</summary>
    public string Title => $"{(IsOfCode ? "code" : "theorem")}, {Paper}: {Text}";
}

/// <summary>What came out of a statement, and the sentence with its numbers.</summary>
internal sealed record TheoryClaim(TheoryStatement Statement, string Outcome, string Reason);
