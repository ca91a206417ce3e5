using MiniGrad.Mpi;

namespace MiniGrad.Tests.Distributed;

public sealed class MpiLauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=4", 4, MpiFamily.OpenMpi, 1)]
    [InlineData("PMI_SIZE=3 MPI_LOCALNRANKS=3", 3, MpiFamily.Mpich, 1)]
    [InlineData("MPI_LOCALNRANKS=2", 2, MpiFamily.Mpich, 1)]
    [InlineData("OMPI_COMM_WORLD_SIZE=8 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2", 8, MpiFamily.OpenMpi, 1)]
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2", 2, null, 1)]
    public void A_launcher_is_known_by_its_variables(string environment, int size, MpiFamily? family, int threads)
    {
        MpiLauncher launcher = Detect(environment)!;
        Assert.Equal((size, family), (launcher.Size, launcher.Family));
        Assert.True(launcher.Threads >= threads);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SLURM_NTASKS=16 SLURM_JOB_ID=1")] // a batch script, which runs once
    [InlineData("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1")] // a task of an array job
    public void Alone_there_is_none(string environment) => Assert.Null(Detect(environment));

    [Fact]
    public void A_variable_that_is_no_number_is_refused() =>
        Assert.Contains("OMPI_COMM_WORLD_SIZE is 'x'", Assert.Throws<MpiException>(() => Detect("OMPI_COMM_WORLD_SIZE=x")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_library_that_cannot_be_loaded_is_named() =>
        Assert.Contains("'libnothing.so', which cannot be loaded", Assert.Throws<MpiException>(() => MpiLibrary.Load(null, "libnothing.so")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(MpiFamily.OpenMpi, "install the package openmpi-bin")]
    [InlineData(MpiFamily.Mpich, "install the package mpich")]
    [InlineData(null, "install the package openmpi-bin")]
    public void Where_there_is_no_library_the_package_is_named(MpiFamily? family, string fix) =>
        Assert.Contains(fix, Assert.Throws<MpiException>(() => MpiLibrary.Load(family, null, ["libnothing.so.1"])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_library_that_is_not_MPI_is_refused()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("the library's name is Linux's");
        Assert.Contains("has no MPI_Get_library_version", Assert.Throws<MpiException>(() => MpiLibrary.Load(null, "libc.so.6")).Message, StringComparison.Ordinal);
    }

    private static MpiLauncher? Detect(string environment)
    {
        Dictionary<string, string> variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        return MpiLauncher.Detect(variables.GetValueOrDefault);
    }
}
