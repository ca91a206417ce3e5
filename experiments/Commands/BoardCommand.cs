using System.CommandLine;
using MiniGrad.Experiments.Board;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>board [RUNS…]</c>: a page on this machine that shows runs as they train.</summary>
internal static class BoardCommand
{
    private const int DefaultPort = 6080;

    public static Command Create()
    {
        var folders = new Argument<string[]>("runs") { Description = "Run folders, or folders of them (default: runs)", Arity = ArgumentArity.ZeroOrMore };
        var port = CommonOptions.Number("--port", $"The port on 127.0.0.1 (default: {DefaultPort}; 0: a free one)");
        var command = new Command("board", "Shows runs in a browser on this machine as they train") { folders, port };
        command.SetAction(int (ParseResult parsed) =>
        {
            string[] given = parsed.GetValue(folders) is { Length: > 0 } some ? some : [Path.Combine(RunFolder.Root(), "runs")];
            foreach (string folder in given)
            {
                if (!Directory.Exists(folder)) throw CommandException.Usage($"board: there is no folder '{folder}'; give a run folder, or a folder of them");
            }
            int chosen = parsed.GetValue(port) ?? DefaultPort;
            if (chosen is < 0 or > 65535) throw CommandException.Usage($"--port {chosen}: must be from 0 to 65535");
            return Stoppable.Run(stop => Serve([.. given.Select(Path.GetFullPath)], chosen, stop).GetAwaiter().GetResult());
        });
        return command;
    }

    private static async Task<int> Serve(string[] folders, int port, CancellationToken stop)
    {
        BoardServer server;
        try
        {
            server = await BoardServer.StartAsync(folders, port);
        }
        catch (IOException)
        {
            throw new CommandException(ExitCode.InputOutput, $"port {port} is in use; give another with --port, or --port 0 for a free one");
        }
        await using (server)
        {
            Console.Out.WriteLine(server.Address);
            Console.Error.WriteLine($"shows {Shown.OneLine(string.Join(", ", folders))}; Ctrl+C ends it");
            await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        return ExitCode.Done;
    }
}
