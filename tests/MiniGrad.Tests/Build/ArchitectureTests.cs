using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace MiniGrad.Tests.Build;

/// <summary>The rules of docs/architecture.md that a compiler does not check.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Assembly Library = Assembly.Load("MiniGrad");
    private static readonly Dictionary<string, string> FoldersAtTheRoot = FindFoldersAtTheRoot();

    /// <summary>A room (a namespace right below MiniGrad, with all that is in it and what its folder has at the root) and the rooms that it must not know.</summary>
    public static TheoryData<string, string> Forbidden => new()
    {
        { "Randomness", "Memory Backends Distributed Tensors Autograd Ops Nn Optim Data IO Training" },
        { "Distributed", "Randomness Memory Backends Tensors Autograd Ops Nn Optim Data IO Training" },
        { "Memory", "Distributed Tensors Autograd Ops Nn Optim Data IO Training" },
        { "Backends", "Distributed Tensors Autograd Ops Nn Optim Data IO Training" },
        { "Tensors", "Distributed Nn Optim Data IO Training" },
        { "Autograd", "Distributed Nn Optim Data IO Training" },
        { "Ops", "Distributed Nn Optim Data IO Training" },
        { "Nn", "Distributed Optim Training" },
        { "Optim", "Distributed Nn Data Training" },
        { "Data", "Distributed Nn Optim Training" },
        { "IO", "Distributed Training" },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void Room_does_not_use(string room, string rooms)
    {
        string[] forbidden = rooms.Split(' ');
        IEnumerable<string> uses =
            from type in Library.GetTypes()
            where RoomOf(type) == room
            from used in TypeUses.Of(type)
            where used.Assembly == Library && forbidden.Contains(RoomOf(used))
            select $"{type.FullName} uses {used.FullName}";
        Assert.Empty(uses);
    }

    [Fact]
    public void Rooms_are_the_designed_ones()
    {
        string[] known = [.. Forbidden.Select(row => row.Data.Item1), "Training", ""];
        Assert.Empty(Library.GetTypes().Where(t => !IsGenerated(t)).Select(RoomOf).Except(known));
        Assert.Equal(("Optim", "Optim"), (RoomOf(typeof(Optimizer)), RoomOf(typeof(StageList))));
    }

    [Fact]
    public void The_library_does_not_know_MPI()
    {
        // MPI is one way to carry messages: only the program chooses it, and everything else works without.
        Assert.DoesNotContain(Library.GetReferencedAssemblies(), a => a.Name!.Contains("Mpi", StringComparison.Ordinal));
        Assembly mpi = typeof(MiniGrad.Mpi.MpiLauncher).Assembly;
        Assert.Contains(mpi.GetReferencedAssemblies(), a => a.Name == "MiniGrad");
        IEnumerable<string> used = mpi.GetTypes().SelectMany(TypeUses.Of).Where(t => t.Assembly == Library).Select(RoomOf);
        Assert.Equal(["Distributed"], used.Distinct());
    }

    [Fact]
    public void No_type_has_a_finalizer()
    {
        // Leaks are counted by the arena, not guessed by the garbage collector.
        const BindingFlags declared = BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        Assert.Empty(Library.GetTypes().Where(t => t.GetMethod("Finalize", declared, []) is not null).Select(t => t.FullName));
    }

    [Fact]
    public void No_static_state_can_change()
    {
        // Two trainings in one process must give the bits of running them in turn.
        const BindingFlags statics = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<string> mutable =
            from type in Library.GetTypes()
            where !IsGenerated(type)
            from field in type.GetFields(statics)
            where !field.IsLiteral && (!field.IsInitOnly || IsMutableCollection(field.FieldType))
            select $"{type.FullName}.{field.Name}";
        Assert.Empty(mutable);
    }

    [Fact]
    public void Uses_in_code_are_seen()
    {
        HashSet<Type> uses = TypeUses.Of(typeof(Sample));
        Assert.Contains(typeof(Version), uses);
        Assert.Contains(typeof(Uri), uses);
        Assert.Contains(typeof(Half), uses);
    }

    private static string RoomOf(Type type)
    {
        string[] parts = (type.Namespace ?? "").Split('.');
        if (parts is ["MiniGrad", var room, ..]) return room;
        while (type.DeclaringType is { } outer) type = outer;
        return parts is ["MiniGrad"] && FoldersAtTheRoot.TryGetValue(type.Name.Split('`')[0], out string? folder) ? folder : "";
    }

    /// <summary>The types that people name are in the namespace MiniGrad; their room is the folder that has them.</summary>
    private static Dictionary<string, string> FindFoldersAtTheRoot()
    {
        string library = Path.Combine(Repository.Root!, "src", "MiniGrad");
        var folders = new Dictionary<string, string>();
        foreach (string file in Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories))
        {
            string[] path = Path.GetRelativePath(library, file).Split(Path.DirectorySeparatorChar);
            string code = File.ReadAllText(file);
            if (path is ["obj" or "bin", ..] or { Length: 1 } || !($"\n{code}").Contains("\nnamespace MiniGrad;", StringComparison.Ordinal)) continue;
            foreach (Match match in Declaration().Matches(code)) folders[match.Groups[1].Value] = path[0];
        }
        return folders;
    }

    [GeneratedRegex(@"^(?:public|internal)\s[\w\s]*?\b(?:class|struct|record|interface|enum)\s+(?:struct\s+|class\s+)?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    // Lambda caches and the like: static fields of the compiler's own types, the same for everyone.
    private static bool IsGenerated(Type type) =>
        type.Name.StartsWith('<') || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static bool IsMutableCollection(Type type) =>
        !type.IsArray && type.Namespace is "System.Collections.Generic" or "System.Collections.Concurrent" && type is { IsInterface: false }
        && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ICollection<>));

    private sealed class Sample
    {
        private readonly List<Half> _halves = [];

        public int Count => _halves.Count + (Uri.CheckSchemeName("x") ? new Version(1, 0).Major : 0);
    }
}
