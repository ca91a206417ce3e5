namespace MiniGrad.Training;

/// <summary>Is told what happens during a run: writes it to a file, draws it, collects it.</summary>
public interface ITrainingObserver
{
    /// <summary>A step was logged.</summary>
    /// <param name="metrics">What is known of it.</param>
    void Logged(StepMetrics metrics);

    /// <summary>What a logged step did to every parameter, where <see cref="TrainingOptions.TellParameters"/> asks for it; comes before <see cref="Logged"/>.</summary>
    /// <param name="step">The step, counted from 1.</param>
    /// <param name="parameters">The parameters, orthogonalized ones first.</param>
    void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters)
    {
    }

    /// <summary>Where the time of a step went, where <see cref="TrainingOptions.ProfileStep"/> asks for it.</summary>
    /// <param name="step">The step, counted from 1.</param>
    /// <param name="trace">Its trace.</param>
    void Traced(long step, StepTrace trace)
    {
    }
}
