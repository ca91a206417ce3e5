namespace MiniGrad.Data;

/// <summary>What pre-tokenization tells apart: <c>\p{L}</c>, <c>\p{N}</c>, <c>\s</c> and the rest.</summary>
internal enum CharacterKind
{
    Letter,
    Number,
    Space,
    Symbol,
}
