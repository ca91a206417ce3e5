using System.Text.Json.Nodes;
using MiniGrad.Experiments.Data;

namespace MiniGrad.Experiments.Running;

/// <summary>Loss, last logits and gradient norms of a model on given tokens.</summary>
internal static class TokenEvaluation
{
    /// <summary><c>{"loss", "lastLogits", "gradientNorms"}</c>: the mean over targets that count, the logits at the last place of each row, and the norms if asked for.</summary>
    public static JsonObject Run(TokenRows rows, ILanguageModel model, bool gradients)
    {
        ComputeContext context = model.Context;
        int vocabulary = model.Options.VocabSize, counted = rows.Counted;
        var lastLogits = new JsonArray();
        // Row by row: the gradients add up, and one row's logits fit where all rows' might not.
        Indices tokens = context.Indices([1, rows.Length]), targets = context.Indices([1, rows.Length]);
        double loss = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            tokens.CopyFrom(rows.Tokens.AsSpan(row * rows.Length, rows.Length));
            targets.CopyFrom(rows.Targets.AsSpan(row * rows.Length, rows.Length));
            lastLogits.Add(new JsonArray([.. Last(model, tokens, vocabulary).Select(x => Number(x))]));
            loss += Loss(model, tokens, targets, counted, gradients);
        }
        var result = new JsonObject { ["loss"] = Number(loss), ["lastLogits"] = lastLogits };
        if (gradients) result["gradientNorms"] = new JsonObject(model.Parameters.Where(p => p.IsTrained).Select(p => KeyValuePair.Create<string, JsonNode?>(p.Name, Number(p.HasGradient ? Norm(context, p) : 0))));
        return result;
    }

    private static double Loss(ILanguageModel model, Indices tokens, Indices targets, int counted, bool gradients)
    {
        using StepScope step = model.Context.BeginStep();
        if (!gradients)
        {
            using NoGradScope noGrad = model.Context.NoGrad();
            return model.Loss(tokens, targets, counted).Item();
        }
        Tensor loss = model.Loss(tokens, targets, counted);
        loss.Backward();
        return loss.Item();
    }

    private static float[] Last(ILanguageModel model, Indices tokens, int vocabulary)
    {
        using NoGradScope noGrad = model.Context.NoGrad();
        using StepScope step = model.Context.BeginStep();
        Tensor logits = model.Logits(tokens);
        var last = new float[vocabulary];
        model.Context.Backend.Download(logits.Data.Slice((long)(tokens.Shape[-1] - 1) * vocabulary, vocabulary), last);
        return last;
    }

    private static double Norm(ComputeContext context, Parameter parameter)
    {
        var gradient = new float[parameter.Shape.Count];
        context.Backend.Download(parameter.GradientData, gradient);
        return Math.Sqrt(gradient.Sum(x => (double)x * x));
    }

    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
