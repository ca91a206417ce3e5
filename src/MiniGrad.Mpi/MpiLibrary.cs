using System.Runtime.InteropServices;
using System.Text;

namespace MiniGrad.Mpi;

/// <summary>
/// An MPI library of the system, loaded at run time. The two families differ in how they write a handle, and in nothing
/// else that is used here: MPI's C interface, called through function pointers.
/// </summary>
public sealed unsafe class MpiLibrary
{
    /// <summary>The variable that names a library to use instead of those that are looked for.</summary>
    public const string Override = "MINIGRAD_MPI";

    private const string OpenMpiMark = "ompi_mpi_comm_world"; // exported by Open MPI alone
    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.so.80", "libmpi.40.dylib", "libmpi.so", "libmpi.dylib"];
    private static readonly string[] MpichNames = ["libmpich.so.12", "libmpi.so.12", "libmpich.so", "libmpi.12.dylib", "libmpi.so", "libmpi.dylib"];

    private MpiLibrary(nint handle, string name)
    {
        (Handle, Name) = (handle, name);
        Family = FamilyOf(handle);
        Version = ReadVersion();
    }

    /// <summary>The name that it was loaded by.</summary>
    public string Name { get; }

    /// <summary>Its binary interface.</summary>
    public MpiFamily Family { get; }

    /// <summary>What it calls itself, such as <c>Open MPI v4.1.4</c>.</summary>
    public string Version { get; }

    internal nint Handle { get; }

    /// <summary>Loads the library that a launcher belongs to.</summary>
    /// <param name="family">Its family, or null for whichever is there.</param>
    /// <exception cref="MpiException">There is none; the message says which package to install.</exception>
    public static MpiLibrary Load(MpiFamily? family) => Load(family, Environment.GetEnvironmentVariable(Override));

    /// <summary>The library that there is, or why there is none, in a line.</summary>
    public static string Describe()
    {
        try
        {
            MpiLibrary library = Load(null);
            return $"{library.Version} ({library.Name}); used when a launcher such as mpirun starts 'train'";
        }
        catch (MpiException e)
        {
            return e.Message;
        }
    }

    internal static MpiLibrary Load(MpiFamily? family, string? chosen, string[]? candidates = null)
    {
        if (chosen is { Length: > 0 }) return LoadChosen(chosen);
        string[] names = candidates ?? family switch
        {
            MpiFamily.OpenMpi => OpenMpiNames,
            MpiFamily.Mpich => MpichNames,
            _ => [.. OpenMpiNames.Concat(MpichNames).Distinct()],
        };
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint handle)) continue;
            if (family is null || FamilyOf(handle) == family) return new MpiLibrary(handle, name);
            NativeLibrary.Free(handle);
        }
        throw Missing(family, names);
    }

    /// <summary>A function's address.</summary>
    internal nint Function(string name) => NativeLibrary.TryGetExport(Handle, name, out nint address)
        ? address
        : throw new MpiException($"{Name} has no {name}; is it an MPI library? {Override} names another one");

    private static MpiLibrary LoadChosen(string chosen) => NativeLibrary.TryLoad(chosen, out nint handle)
        ? new MpiLibrary(handle, chosen)
        : throw new MpiException($"{Override} is '{chosen}', which cannot be loaded; give the path of an MPI library, or unset it");

    private static MpiFamily FamilyOf(nint handle) => NativeLibrary.TryGetExport(handle, OpenMpiMark, out _) ? MpiFamily.OpenMpi : MpiFamily.Mpich;

    private static MpiException Missing(MpiFamily? family, string[] names)
    {
        (string what, string package) = family switch
        {
            MpiFamily.OpenMpi => ("Open MPI library", "openmpi-bin (Debian, Ubuntu) or openmpi (Fedora, Homebrew)"),
            MpiFamily.Mpich => ("MPICH library", "mpich (Debian, Ubuntu, Fedora, Homebrew)"),
            _ => ("MPI library", "openmpi-bin (Debian, Ubuntu) or openmpi (Fedora, Homebrew)"),
        };
        return new MpiException($"no {what} was found (looked for {string.Join(", ", names)}): install the package {package}, or set {Override} to the library's path");
    }

    // May be called before MPI_Init, and is the first proof that this is an MPI library.
    private string ReadVersion()
    {
        byte* text = stackalloc byte[8192]; // MPI_MAX_LIBRARY_VERSION_STRING of both families
        int length = 0;
        if (((delegate* unmanaged<byte*, int*, int>)Function("MPI_Get_library_version"))(text, &length) != 0) return "unknown version";
        string[] lines = Encoding.UTF8.GetString(text, Math.Clamp(length, 0, 8192)).TrimEnd('\0').Split('\n', ',');
        return string.Join(' ', lines[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace(" :", ":", StringComparison.Ordinal);
    }
}
