using System.Text.Json;

namespace MiniGrad.Tests.Optim;

/// <summary>Options as text: what parses, what is refused and how the refusal reads.</summary>
public sealed class OptionsTests
{
    public static TheoryData<string> PresetNames => [.. Presets.Names];

    private static string Refusal(Action action)
    {
        string message = Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Theory]
    [InlineData("""{"preset":"adamoun","learningRate":1}""", "unknown preset 'adamoun'; did you mean 'adamuon'?")]
    [InlineData("""{"learningRate":1}""", "the key 'preset' is missing; expected a name")]
    [InlineData("""{"preset":"muon"}""", "the key 'learningRate' is missing; expected a number ≥ 0")]
    [InlineData("""{"preset":"muon","learningRate":-0.1}""", "learningRate is -0.1; expected a finite number ≥ 0")]
    [InlineData("""{"preset":"muon","learningRate":1,"weigthDecay":0.1}""", "unknown optimizer key 'weigthDecay'; did you mean 'weightDecay'?")]
    [InlineData("""{"preset":"muon","learningRate":1,"orthogonalizer":{"step":3}}""", "unknown optimizer key 'orthogonalizer.step'; did you mean 'orthogonalizer.steps'?")]
    [InlineData("""{"preset":"muon","learningRate":1,"orthogonalizer":{"steps":0}}""", "orthogonalizer.steps is 0; expected a whole number from 1 to 99")]
    [InlineData("""{"preset":"muon","learningRate":1,"orthogonalizer":{"steps":2.5}}""", "orthogonalizer.steps is 2.5; expected a whole number")]
    [InlineData("""{"preset":"muon","learningRate":1,"orthogonalizer":{"coefficients":"cubic5","steps":4}}""", "orthogonalizer.steps is 4; coefficients 'cubic5' need exactly 5")]
    [InlineData("""{"preset":"muon","learningRate":1,"orthogonalizer":{"coefficients":"aol-nvidia"}}""", "orthogonalizer.coefficients 'aol-nvidia' are refused: with 5 steps their polynomial is not positive from σ = 0.884 on")]
    [InlineData("""{"preset":"muon","learningRate":1,"orthogonalizer":{"coefficients":"jordon"}}""", "unknown orthogonalizer.coefficients value 'jordon'; did you mean 'jordan'?")]
    [InlineData("""{"preset":"muon","learningRate":1,"orthogonalizer":{"coefficients":[[1,2]]}}""", "orthogonalizer.coefficients is [[1,2]]; expected the name of a coefficient set or a list [[a,b,c],…]")]
    [InlineData("""{"preset":"muon","learningRate":1,"orthogonalizer":{"precision":"float16"}}""", "unknown orthogonalizer.precision value 'float16'; did you mean 'bfloat16'?")]
    [InlineData("""{"preset":"muon","learningRate":1,"momentum":1}""", "momentum is 1; expected a number in [0, 1)")]
    [InlineData("""{"preset":"adamuon","learningRate":1,"beta2":-0.5}""", "beta2 is -0.5; expected a number in [0, 1)")]
    [InlineData("""{"preset":"muon","learningRate":1,"scale":"match-rms"}""", "unknown scale value 'match-rms';")]
    [InlineData("""{"preset":"muon","learningRate":1,"scale":"rmsalign"}""", "unknown scale value 'rmsalign'; did you mean 'rms-align'?")]
    [InlineData("""{"preset":"muon","learningRate":1,"sign":"yes"}""", "sign is \"yes\"; expected true or false")]
    [InlineData("""{"preset":"muon","learningRate":"big"}""", "learningRate is \"big\"; expected a number")]
    [InlineData("""{"preset":"namo","learningRate":1,"weightDecayMethod":"l2"}""", "secondMoment 'scalar' with weightDecayMethod 'l2'")]
    [InlineData("""{"preset":"normuon","learningRate":1,"secondMomentPlacement":"before"}""", "secondMomentPlacement 'before' needs secondMoment 'elementwise', not 'neuron'")]
    [InlineData("""{"preset":"muon","learningRate":1,"weightDecayMethod":"namo"}""", "weightDecayMethod 'namo' needs secondMoment 'scalar'")]
    [InlineData("""{"preset":"muon","learningRate":1,"beta2":0.9}""", "beta2=0.9 has no effect on preset 'muon' as it is set here: momentum → nesterov → orthogonalize → shape-scale → update; leave it out")]
    [InlineData("""{"preset":"adamw","learningRate":1,"sign":true}""", "sign=true has no effect on preset 'adamw' as it is set here: adamw; leave it out")]
    [InlineData("""{"preset":"muon","learningRate":1,"dualNormClip":1}""", "dualNormClip=1 has no effect")]
    [InlineData("""{"preset":"adamw","learningRate":1,"auxiliary":{"learningRate":0.1}}""", "auxiliary.learningRate=0.1 has no effect")]
    [InlineData("""{"preset":"muon","learningRate":1,"learningRate":2}""", "the optimizer key 'learningRate' is given twice")]
    [InlineData("[1]", "the optimizer is [1]; expected an object such as")]
    [InlineData("""{"preset":3,"learningRate":1}""", "preset is 3; expected a name")]
    public void What_is_impossible_is_refused_in_one_line(string json, string expected) => Assert.StartsWith(expected, Refusal(() => OptimizerOptions.Parse(json)), StringComparison.Ordinal);

    [Fact]
    public void Text_that_is_no_JSON_is_refused() => Assert.StartsWith("the optimizer is not valid JSON: ", Refusal(() => OptimizerOptions.Parse("{")), StringComparison.Ordinal);

    [Theory]
    [InlineData("orthogonalizer.steps", "3")]
    [InlineData("orthogonalizer.coefficients", "[[1.5,-0.5,0]]")]
    [InlineData("scale", "shape")]
    [InlineData("auxiliary.learningRate", "0.1")]
    [InlineData("auxiliary.preset", "lion")]
    public void Assignments_change_what_they_name(string key, string value)
    {
        OptimizerOptions options = OptimizerOptions.FromPreset("adamuon") with { LearningRate = 0.5 };
        OptimizerOptions changed = options.With(key, value);
        Assert.NotEqual(options, changed);
        Assert.Equal(changed, options.With(key, value));
        Assert.Equal(0.5, changed.LearningRate);
    }

    [Fact]
    public void A_partial_orthogonalizer_changes_only_what_it_names()
    {
        OrthogonalizerOptions orthogonalizer = OptimizerOptions.Parse("""{"preset":"nvidia-muon","learningRate":1,"orthogonalizer":{"steps":8}}""").Orthogonalizer;
        Assert.Equal(OptimizerOptions.FromPreset("nvidia-muon").Orthogonalizer with { Steps = 8 }, orthogonalizer);
    }

    [Fact]
    public void An_assignment_needs_an_equals_sign_and_a_preset_among_them_comes_first()
    {
        OptimizerOptions muon = OptimizerOptions.FromPreset("muon") with { LearningRate = 0.5 };
        Assert.StartsWith("'steps' is not an assignment; write key=value", Refusal(() => muon.With(["steps"])), StringComparison.Ordinal);
        Assert.Equal(OptimizerOptions.FromPreset("adamuon") with { LearningRate = 0.5, Sign = false }, muon.With(["sign=false", "preset=adamuon"]));
    }

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void Options_survive_JSON(string preset)
    {
        OptimizerOptions options = OptimizerOptions.FromPreset(preset) with { LearningRate = 0.02, WeightDecay = 0.1 };
        Assert.Equal(options, OptimizerOptions.Parse(options.ToJson().ToJsonString()));
    }

    [Fact]
    public void What_has_no_effect_is_left_out_of_JSON_so_that_it_can_be_read_again()
    {
        OptimizerOptions options = OptimizerOptions.FromPreset("normuon") with { LearningRate = 1, SecondMoment = SecondMoment.None, Epsilon = 0.5 };
        Assert.Equal(options.Compile(), OptimizerOptions.Parse(options.ToJson().ToJsonString()).Compile());
    }

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void Equal_options_compile_to_equal_stages(string preset)
    {
        OptimizerOptions options = OptimizerOptions.FromPreset(preset) with { LearningRate = 1 };
        IReadOnlyList<Stage> stages = options.Compile(), again = OptimizerOptions.Parse(JsonDocument.Parse(options.ToJson().ToJsonString()).RootElement).Compile();
        Assert.Equal(stages, again);
        Assert.NotEqual(stages, (options with { WeightDecay = 0.123 }).Compile());
    }

    [Fact]
    public void The_second_moment_of_adamuon_decays_like_its_momentum()
    {
        Assert.Equal(0.8, Rig.Options("adamuon", "momentum=0.8").EffectiveBeta2);
        Assert.Equal(0.95, Rig.Options("normuon", "momentum=0.8").EffectiveBeta2);
        Assert.Equal(0.7, Rig.Options("adamuon", "momentum=0.8", "beta2=0.7").EffectiveBeta2);
    }

    [Fact]
    public void Stages_are_in_the_order_of_their_papers()
    {
        Assert.Equal("momentum → nesterov → orthogonalize → shape-scale → update", Presets.Get("muon").Pipeline);
        Assert.Equal("momentum → nesterov → orthogonalize → dual-norm-scale → shape-scale → update", Presets.Get("dual-norm-muon").Pipeline);
        Assert.Equal("momentum → sign → orthogonalize → elementwise-second-moment → rms-align → update", Presets.Get("adamuon").Pipeline);
        Assert.Equal("momentum → nesterov → orthogonalize → neuron-second-moment → shape-scale → update", Presets.Get("normuon").Pipeline);
        Assert.Equal("adamw", Presets.Get("adamw").Pipeline);
    }

    [Fact]
    public void Every_preset_explains_itself()
    {
        foreach (Preset preset in Presets.All)
        {
            Assert.False(string.IsNullOrWhiteSpace(preset.Source) || string.IsNullOrWhiteSpace(preset.Description), preset.Name);
            Assert.Equal(preset.Options.Compile().Count, preset.Equations.Count);
            Assert.All(preset.Equations, line => Assert.DoesNotContain('\n', line));
        }
        Assert.Equal(["momentumForm: accumulate (adamuon-repo: ema)", "nesterov: false (adamuon-repo: true)"], Presets.Get("adamuon").DifferencesFrom(Presets.Get("adamuon-repo")));
        Assert.Contains("update: W ← (1 − ηλ)W − ηu, λ = 0.1", Presets.Get("muon-moonlight").Equations);
    }
}
