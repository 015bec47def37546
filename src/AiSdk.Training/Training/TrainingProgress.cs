namespace AiSdk.Training;

/// <summary>How far a run of training is; reported after each step.</summary>
/// <param name="Step">The steps made.</param>
/// <param name="Steps">The steps of the whole run.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">The step's mean loss for a token that is learnt, in nats.</param>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="GradientNorm">The gradient's norm before it was clipped.</param>
/// <param name="TokensPerSecond">The tokens, padding not counted, learnt from per second, since the resumption.</param>
/// <param name="TimeLeft">How long the rest will take if it goes on as since the start or the resumption, reading of data, evaluations and checkpoints included.</param>
/// <param name="Evaluation">The evaluation that followed the step, if one did.</param>
public sealed record TrainingProgress(int Step, int Steps, int Epoch, double Loss, double LearningRate, double GradientNorm, double TokensPerSecond, TimeSpan TimeLeft, TrainingEvaluation? Evaluation);

/// <summary>What an evaluation found.</summary>
/// <param name="Step">The steps made before it.</param>
/// <param name="Loss">The mean negative log-probability, in nats, of the answers' tokens.</param>
public sealed record TrainingEvaluation(int Step, double Loss)
{
    /// <summary>The exponential of the loss: among how many equally likely tokens the model would be as uncertain.</summary>
    public double Perplexity => Math.Exp(Loss);
}

/// <summary>What a run of training gave.</summary>
/// <param name="Steps">The steps made, those before a resumption included.</param>
/// <param name="Loss">The mean loss of the last steps, at most 50.</param>
/// <param name="Tokens">The tokens learnt from, padding not counted.</param>
/// <param name="Elapsed">The time the run took, that before a resumption included.</param>
/// <param name="OptimizerShare">The share of the steps' time that the optimizer took, since the resumption.</param>
/// <param name="Evaluations">The evaluations, in order.</param>
/// <param name="StoppedEarly">Whether it ended because evaluations no longer became better (<see cref="TrainerOptions.Patience"/>).</param>
/// <param name="Adapter">The adapter, where one was trained (<see cref="TrainerOptions.Lora"/>); the model then has its weights as before.</param>
public sealed record TrainingResult(int Steps, double Loss, long Tokens, TimeSpan Elapsed, double OptimizerShare, IReadOnlyList<TrainingEvaluation> Evaluations, bool StoppedEarly, LoraAdapter? Adapter)
{
    /// <summary>The step of the checkpoint that the run went on from; <see langword="null"/>: it began anew. Equal to <see cref="Steps"/> where a run that had ended was asked for once more.</summary>
    public int? ResumedAt { get; init; }
}
