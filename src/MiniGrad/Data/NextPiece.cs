namespace MiniGrad.Data;

/// <summary>A pre-tokenization: the length in bytes of the first piece of a text that is not empty.</summary>
/// <param name="text">The text that is left.</param>
internal delegate int NextPiece(ReadOnlySpan<byte> text);
