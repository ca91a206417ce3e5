namespace MiniGrad.Backends;

/// <summary>Refuses ids outside the vocabulary, in the same words on every back end whose ids the host can read.</summary>
internal static class TokenIds
{
    /// <summary>Checks the ids of an embedding.</summary>
    /// <exception cref="ArgumentException">One lies outside; the message names it, its row and the vocabulary.</exception>
    public static void CheckTokens(ReadOnlySpan<int> tokens, long vocabulary)
    {
        for (int row = 0; row < tokens.Length; row++)
        {
            if ((uint)tokens[row] >= vocabulary) throw new ArgumentException($"embedding: token {tokens[row]} at row {row} does not lie in the vocabulary of {vocabulary}; use the tokenizer that the model was made for");
        }
    }

    /// <summary>Checks the targets of a cross-entropy; a negative one leaves its row out.</summary>
    /// <exception cref="ArgumentException">One is too large; the message names it, its row and the vocabulary.</exception>
    public static void CheckTargets(ReadOnlySpan<int> targets, int classes)
    {
        for (int row = 0; row < targets.Length; row++)
        {
            if (targets[row] >= classes) throw new ArgumentException($"cross-entropy: target {targets[row]} at row {row} does not lie in the vocabulary of {classes}; a negative target leaves a row out");
        }
    }
}
