namespace AiSdk.Benchmarks;

internal sealed record OrderBook(IReadOnlyList<Order> Orders);

internal sealed record Order(int Id, string Customer, string Note, decimal Total, OrderState State, bool Gift);

internal enum OrderState
{
    Open,
    Paid,
    Shipped,
}

[AiFunctions]
internal interface IOrderDesk
{
    [UserPrompt("{{text}}")]
    Task<OrderBook> ReadAsync(string text, CancellationToken cancellationToken = default);
}
