using System.Globalization;
using MiniGrad.GpuCheck;

// gpu-check OUT: runs all parts as processes of their own and writes OUT/report.md and OUT/report.json.
// gpu-check --part NAME: measures one part and prints its JSON.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--part", string part]) return Parts.Measure(part);
if (args is [string folder] && !folder.StartsWith('-')) return new Check(folder).Run();
Console.Error.WriteLine("usage: run.sh OUT: checks the first CUDA device and writes report.md and report.json to the folder OUT");
return 2;
