namespace MiniGrad.Experiments.Toys;

/// <summary>An experiment on a function that is known in full, instead of a language model: what <c>list</c> and <c>explain</c> say of it.</summary>
/// <param name="Name">The command.</param>
/// <param name="Question">What it asks.</param>
/// <param name="Paper">Where the question comes from.</param>
/// <param name="Explanation">What runs, and what is compared.</param>
/// <param name="Claims">What is claimed, fixed before anything runs.</param>
/// <param name="Conditions">What is varied.</param>
internal sealed record Toy(string Name, string Question, string Paper, string Explanation, IReadOnlyList<string> Claims, IReadOnlyList<string> Conditions);
