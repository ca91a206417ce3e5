using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary>What one types to start the program.</summary>
internal static class ProgramName
{
    /// <summary>In the project's tree <c>dotnet run …</c>, else the program's own name.</summary>
    public static string Typed
    {
        get
        {
            string root = RunFolder.Root();
            if (File.Exists(Path.Combine(root, "MiniGrad.sln"))) return Directory.GetCurrentDirectory() == root ? "dotnet run --project experiments --" : $"dotnet run --project {Path.Combine(Path.GetRelativePath(Directory.GetCurrentDirectory(), root), "experiments")} --";
            string program = Path.GetFileNameWithoutExtension(Environment.ProcessPath ?? "dotnet");
            return program == "dotnet" ? $"dotnet {Path.GetFileName(Environment.GetCommandLineArgs()[0])}" : program;
        }
    }
}
