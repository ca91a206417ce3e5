using System.Buffers;

namespace MiniGrad.Data;

/// <summary>Tokens that stand in a text as they are, such as <c>&lt;|endoftext|&gt;</c>: the earliest first, the longest among those.</summary>
internal sealed class AddedTokens
{
    private readonly (byte[] Content, int Id)[] _tokens;
    private readonly SearchValues<byte> _firsts;

    /// <summary>A set of tokens.</summary>
    /// <param name="tokens">Their bytes, not empty, and ids.</param>
    public AddedTokens(IEnumerable<(byte[] Content, int Id)> tokens)
    {
        _tokens = [.. tokens.OrderByDescending(token => token.Content.Length)];
        _firsts = SearchValues.Create([.. _tokens.Select(token => token.Content[0]).Distinct()]);
    }

    /// <summary>The first token in a text: where it begins, and which; of a text without one its end, and null.</summary>
    /// <param name="text">The text.</param>
    public (int At, int Length, int? Id) First(ReadOnlySpan<byte> text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            int step = text[at..].IndexOfAny(_firsts);
            if (step < 0) break;
            at += step;
            foreach ((byte[] content, int id) in _tokens)
            {
                if (text[at..].StartsWith(content)) return (at, content.Length, id);
            }
        }
        return (text.Length, 0, null);
    }
}
