namespace MiniGrad.Tensors;

/// <summary>Who declared a parameter, and gives it its memory once somebody asks for it.</summary>
internal interface IParameterOwner
{
    /// <summary>Gives every parameter of the whole model its memory.</summary>
    void MakeParameters();
}
