using System.Globalization;
using MiniGrad.Tests.Build;

namespace MiniGrad.Tests.Optim;

/// <summary>Designed coefficients against published ones and their own promise; the table in the documentation against the sets.</summary>
public sealed class CoefficientDesignTests
{
    // arXiv 2505.16932, as printed.
    private static readonly double[][] PolarExpress =
    [
        [8.28721201814563, -23.595886519098837, 17.300387312530933],
        [4.107059111542203, -2.9478499167379106, 0.5448431082926601],
        [3.9486908534822946, -2.908902115962949, 0.5518191394370137],
        [3.3184196573706015, -2.488488024314874, 0.51004894012372],
        [2.300652019954817, -1.6689039845747493, 0.4188073119525673],
    ];

    [Fact]
    public void With_its_cushion_the_published_Polar_Express_list_comes_out()
    {
        CoefficientDesign design = MinimaxCoefficients.Design(5, 1e-3, MinimaxCoefficients.PolarExpressCushion);
        for (int step = 0; step < 5; step++)
        {
            Coefficients ours = design.Coefficients.At(step);
            foreach ((double mine, double published) in new[] { ours.A, ours.B, ours.C }.Zip(PolarExpress[step])) Assert.Equal(published, mine, 1e-12 * Math.Abs(published));
        }
    }

    [Fact]
    public void Without_cushion_the_published_CANS_list_comes_out_to_its_four_digits()
    {
        CoefficientDesign design = MinimaxCoefficients.Design(5, 1e-3);
        CoefficientSet cans = CoefficientSets.Get("cans");
        for (int step = 0; step < 5; step++)
        {
            (double a, double b, double c) = design.Coefficients.At(step);
            Assert.Equal(cans.At(step), new Coefficients(Math.Round(a, 4), Math.Round(b, 4), Math.Round(c, 4)));
        }
    }

    public static TheoryData<int, double, double> Designs
    {
        get
        {
            var designs = new TheoryData<int, double, double>();
            foreach (int steps in (int[])[1, 2, 3, 5, 8])
            {
                foreach (double lower in (double[])[1e-6, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 0.99, 0.999999])
                {
                    foreach (double cushion in (double[])[0, 0.02407]) designs.Add(steps, lower, cushion);
                }
            }
            return designs;
        }
    }

    [Theory]
    [MemberData(nameof(Designs))]
    public void The_range_that_is_promised_is_kept_on_a_grid(int steps, double lower, double cushion)
    {
        CoefficientDesign design = MinimaxCoefficients.Design(steps, lower, cushion);
        (double smallest, double largest) = design.Coefficients.Range(steps, lower, 20_001);
        // Rounding at the edge of an interval is raised by the steep polynomials of the steps after it.
        Assert.True(smallest >= design.Smallest - 1e-7 && largest <= design.Largest + 1e-7, $"[{smallest:R}, {largest:R}] is not inside [{design.Smallest:R}, {design.Largest:R}]");
        Assert.Equal(design.Smallest, smallest, 1e-7);
        // Without a cushion the error is reached on both sides of 1.
        if (cushion == 0 && steps == 1 && lower < 0.9) Assert.Equal(design.Largest, largest, 1e-6);
        Assert.Null(design.Coefficients.TurnsAt(steps));
        Assert.Equal(2, design.Smallest + design.Largest, 1e-15);
    }

    [Fact]
    public void No_set_that_ships_and_no_perturbation_does_better_over_the_interval_of_the_design()
    {
        CoefficientDesign design = MinimaxCoefficients.Design(5, 1e-3);
        double error = Error(design.Coefficients);
        foreach (CoefficientSet set in CoefficientSets.All.Where(s => s.Name is not "deepseek-v4")) Assert.True(Error(set) > error - 5e-3, set.Name);
        Assert.True(Error(CoefficientSets.Jordan) > 4 * error);
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            Coefficients[] moved = [.. design.Coefficients.Triples];
            int step = random.Next(5);
            double size = Math.Pow(10, -random.Next(2, 5));
            double Moved(double value) => value * (1 + (size * ((2 * random.NextDouble()) - 1)));
            moved[step] = new Coefficients(Moved(moved[step].A), Moved(moved[step].B), Moved(moved[step].C));
            Assert.True(Error(CoefficientSet.Custom(moved)) >= error - 1e-6, $"step {step}, size {size}");
        }

        static double Error(CoefficientSet set)
        {
            (double smallest, double largest) = set.Range(5, 1e-3, 5001);
            return Math.Max(1 - smallest, largest - 1);
        }
    }

    [Theory]
    [InlineData(0, 1e-3, 0, "steps is 0; expected a whole number from 1 to 99")]
    [InlineData(100, 1e-3, 0, "steps is 100;")]
    [InlineData(5, 0, 0, "lower is 0; expected a number between 1e-12 and 1")]
    [InlineData(5, 1, 0, "lower is 1;")]
    [InlineData(5, double.NaN, 0, "lower is NaN;")]
    [InlineData(5, 1e-3, 1, "cushion is 1; expected a number in [0, 1)")]
    public void Impossible_designs_are_refused(int steps, double lower, double cushion, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => MinimaxCoefficients.Design(steps, lower, cushion)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_designed_set_is_an_option()
    {
        CoefficientDesign design = MinimaxCoefficients.Design(4, 1e-2);
        string list = string.Join(",", design.Coefficients.Triples.Select(t => string.Create(CultureInfo.InvariantCulture, $"[{t.A:R},{t.B:R},{t.C:R}]")));
        OptimizerOptions options = Rig.Options("muon", $"orthogonalizer.coefficients=[{list}]", "orthogonalizer.steps=4");
        Assert.Equal(design.Coefficients, options.Orthogonalizer.Coefficients);
    }

    [Fact]
    public void A_set_that_turns_is_refused_where_it_turns()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Rig.Options("muon", "orthogonalizer.coefficients=aol-nvidia", "orthogonalizer.steps=4"));
        Assert.Contains("not positive from σ = 0.884 on", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_in_the_documentation_is_what_the_sets_do()
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(Repository.Root!, "docs", "coefficients.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        Assert.Equal(CoefficientSets.All.Select(set => set.Name), rows.Select(row => row[0].Trim('`')));
        foreach (string[] row in rows)
        {
            CoefficientSet set = CoefficientSets.Get(row[0].Trim('`'));
            int steps = CoefficientSets.StepsOf(set);
            Assert.Equal(
                [$"{steps}", Text(set.SlopeAtZero(steps), "F1"), Range(set.Range(steps, 1e-3)), Range(set.Range(steps, 1e-2)), Text(set.Compose(steps, 1), "F4")],
                row[1..]);
        }

        static string Range((double Smallest, double Largest) range) => $"[{Text(range.Smallest, "F4")}, {Text(range.Largest, "F4")}]";

        static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
