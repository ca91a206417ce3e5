using System.Text;
using ADRaffy.ENSNormalize;

namespace MiniGrad.Data;

/// <summary>
/// A byte-level byte-pair tokenizer from Hugging Face's <c>tokenizer.json</c> (GPT-2's, Qwen2's, Llama 3's). Tokens that were
/// added to the vocabulary, such as <c>&lt;|endoftext|&gt;</c>, are made where a text has them. Where the file asks for it,
/// the text is put into Unicode's normalization form C, and comes back in that form.
/// </summary>
public sealed class HuggingFaceTokenizer : ITokenizer
{
    private static readonly string[] EndsOfText = ["<|endoftext|>", "<|end_of_text|>"];

    private readonly BytePairTokenizer _pairs;
    private readonly byte[][] _added;
    private readonly AddedTokens _raw, _normalized;
    private readonly bool _compose;

    internal HuggingFaceTokenizer(BytePairTokenizer pairs, IReadOnlyList<AddedToken> added, bool compose, ReadOnlyMemory<byte> document)
    {
        (_pairs, _compose, Document) = (pairs, compose, document);
        _added = [.. added.Where(token => token.Id >= pairs.VocabularySize).OrderBy(token => token.Id).Select(token => token.Bytes)];
        _raw = new AddedTokens(added.Where(token => !token.Normalized).Select(token => (token.Bytes, token.Id)));
        _normalized = new AddedTokens(added.Where(token => token.Normalized).Select(token => (Composed(token.Bytes), token.Id)));
        EndOfText = EndsOfText.FirstOrDefault(end => added.Any(token => token.Content == end));
    }

    /// <inheritdoc/>
    public string Name => _pairs.Name;

    /// <inheritdoc/>
    public int VocabularySize => _pairs.VocabularySize + _added.Length;

    /// <summary>The text of the token that ends a document, or null where the file adds none.</summary>
    public string? EndOfText { get; }

    /// <summary>The file as it was read.</summary>
    internal ReadOnlyMemory<byte> Document { get; }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<byte> utf8)
    {
        var result = new List<int>(utf8.Length / 3 + 16);
        while (utf8.Length > 0)
        {
            (int at, int length, int? id) = _raw.First(utf8);
            Between(Composed(utf8[..at]), result);
            if (id is { } token) result.Add(token);
            utf8 = utf8[(at + length)..];
        }
        return [.. result];
    }

    /// <inheritdoc/>
    public byte[] Decode(ReadOnlySpan<int> tokens)
    {
        var bytes = new MemoryStream(4 * tokens.Length);
        foreach (int token in tokens) bytes.Write(Bytes(token));
        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public int ByteLength(int token) => Bytes(token).Length;

    private ReadOnlySpan<byte> Bytes(int token)
    {
        Vocabulary.Require(token, VocabularySize);
        return token < _pairs.VocabularySize ? _pairs.Bytes(token).Span : _added[token - _pairs.VocabularySize];
    }

    private void Between(ReadOnlySpan<byte> text, List<int> result)
    {
        while (text.Length > 0)
        {
            (int at, int length, int? id) = _normalized.First(text);
            result.AddRange(_pairs.Encode(text[..at]));
            if (id is { } token) result.Add(token);
            text = text[(at + length)..];
        }
    }

    // ASCII is composed already; bytes that are not UTF-8 could not come back.
    private byte[] Composed(ReadOnlySpan<byte> text) => !_compose || Ascii.IsValid(text) || !System.Text.Unicode.Utf8.IsValid(text)
        ? text.ToArray()
        : Encoding.UTF8.GetBytes(ENSNormalize.NF.NFC(Encoding.UTF8.GetString(text)));
}
