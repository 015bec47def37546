namespace AiSdk.Training;

/// <summary>How <see cref="TrainableModel.Save"/> writes a model.</summary>
public sealed class ExportOptions
{
    /// <summary>
    /// The projections (q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj) to which adapters can be added when the model runs. The graph then has inputs <c>model.layers.N.self_attn.q_proj.lora_A.weight</c>
    /// [in, rank] and <c>….lora_B.weight</c> [rank, out], whose defaults have rank 0 and so no effect. Empty: none.
    /// </summary>
    public IReadOnlyList<string> AdapterTargets { get; set; } = [];
}
