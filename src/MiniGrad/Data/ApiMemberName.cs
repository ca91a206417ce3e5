namespace MiniGrad.Data;

/// <summary>Documentation IDs such as <c>M:System.String.IndexOf(System.Char)</c> as a reader would say them.</summary>
internal static class ApiMemberName
{
    /// <summary>
    /// Types by their last name (<c>String</c>), members by type and name (<c>String.IndexOf</c>), namespaces in full;
    /// without argument lists and generic arity, a constructor as its type.
    /// </summary>
    public static string Readable(string id)
    {
        char kind = 'T';
        ReadOnlySpan<char> name = id;
        if (name.Length > 1 && name[1] == ':')
        {
            kind = name[0];
            name = name[2..];
        }

        int arguments = name.IndexOf('(');
        if (arguments >= 0)
            name = name[..arguments];
        if (kind == 'N')
            return name.ToString();

        string plain = WithoutArity(name).Replace(".#ctor", "", StringComparison.Ordinal).Replace('#', '.');
        bool constructor = name.EndsWith(".#ctor", StringComparison.Ordinal);
        return LastSegments(plain, kind is 'T' or '!' || constructor ? 1 : 2);
    }

    private static string WithoutArity(ReadOnlySpan<char> name)
    {
        Span<char> kept = name.Length <= 512 ? stackalloc char[name.Length] : new char[name.Length];
        int length = 0;
        bool arity = false;
        foreach (char c in name)
        {
            arity = c == '`' || (arity && char.IsAsciiDigit(c));
            if (!arity)
                kept[length++] = c;
        }

        return kept[..length].ToString();
    }

    private static string LastSegments(string name, int count)
    {
        int start = name.Length;
        for (int i = 0; i < count && start >= 0; i++)
            start = start == 0 ? -1 : name.LastIndexOf('.', start - 1);
        return name[(start + 1)..];
    }
}
