namespace MiniGrad;

/// <summary>Where a model's weights come from instead of random numbers, such as a checkpoint.</summary>
/// <param name="name">A parameter's name.</param>
/// <param name="shape">Its sizes.</param>
/// <returns>Its row-major values, exactly as many as the shape has.</returns>
public delegate float[] WeightSource(string name, Shape shape);
