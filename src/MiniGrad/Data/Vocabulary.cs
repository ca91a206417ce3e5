using System.Runtime.CompilerServices;

namespace MiniGrad.Data;

/// <summary>The check that a token lies inside a vocabulary.</summary>
internal static class Vocabulary
{
    /// <exception cref="ArgumentOutOfRangeException">The token lies outside 0 … vocabularySize − 1.</exception>
    public static void Require(int token, int vocabularySize, [CallerArgumentExpression(nameof(token))] string? name = null)
    {
        if ((uint)token >= (uint)vocabularySize)
            throw new ArgumentOutOfRangeException(name, token, $"token {token} lies outside the vocabulary of {vocabularySize}");
    }
}
