namespace MiniGrad.Experiments.Running;

/// <summary>Counted work of a model: floating-point operations of its matrix products, whatever a kernel saves.</summary>
internal static class CountedWork
{
    /// <summary>The same of a GPT with untied head and feed-forward layers four times as wide, before there is a model.</summary>
    public static double FlopsPerToken(GptOptions options) =>
        3 * ((2 * (NonEmbedding(options) + ((double)options.VocabSize * options.NEmbd))) + Attention(options));

    /// <summary>The weights in the blocks' matrices: what sizes of language models are counted by.</summary>
    public static double NonEmbedding(GptOptions options) => (double)options.NLayer * ((4.0 * options.NEmbd * options.NEmbd) + (2.0 * options.NEmbd * options.InnerSize));

    /// <summary>Forward and backward pass of a token: 3·(2·weights in its products + 4·L·C·(T+1)/2 for causal attention).</summary>
    public static double FlopsPerToken(ILanguageModel model)
    {
        GptOptions options = model.Options;
        bool tied = model.Parameters.All(p => p.Role != ParameterRole.Head);
        double weights = model.Parameters.Sum(p => p.Role switch
        {
            ParameterRole.HiddenMatrix or ParameterRole.Head or ParameterRole.Router => p.Shape.Count,
            ParameterRole.ExpertMatrices => (double)p.Shape.Count * options.Experts!.TopK / options.Experts.Count,
            ParameterRole.Embedding when tied && p.Shape[0] == options.VocabSize => p.Shape.Count,
            _ => 0,
        });
        return 3 * ((2 * weights) + Attention(options));
    }

    private static double Attention(GptOptions options) => 4.0 * options.NLayer * options.NEmbd * (options.BlockSize + 1) / 2;
}
