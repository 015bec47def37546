namespace AiSdk.Benchmarks;

internal sealed record DeliveryList(IReadOnlyList<Delivery> Deliveries);

internal sealed record Delivery(int Id, string Customer, string Note, decimal Total, DeliveryState State, bool Gift);

internal enum DeliveryState
{
    Open,
    Paid,
    Shipped,
}

[AiFunctions]
internal interface IDeliveryDesk
{
    [UserPrompt("{{text}}")]
    Task<DeliveryList> ReadAsync(string text, CancellationToken cancellationToken = default);
}
