using System.Text;

namespace MiniGrad.Data;

/// <summary>A token beside a vocabulary.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text, after those that are not.</param>
internal sealed record AddedToken(string Content, int Id, bool Normalized)
{
    /// <summary>Its text in UTF-8.</summary>
    public byte[] Bytes { get; } = Encoding.UTF8.GetBytes(Content);
}
