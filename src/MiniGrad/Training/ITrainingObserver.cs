namespace MiniGrad.Training;

/// <summary>Is told what happens during a run: writes it to a file, draws it, collects it.</summary>
public interface ITrainingObserver
{
    /// <summary>A step was logged.</summary>
    /// <param name="metrics">What is known of it.</param>
    void Logged(StepMetrics metrics);
}
