using System.Text.Json;

namespace AiSdk.Benchmarks;

/// <summary>What a patient person would write for <see cref="Ticket"/>: it checks what it must to be correct, and says little about what is wrong.</summary>
internal static class HandWrittenReader
{
    public static Ticket ReadTicket(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        string? subject = null;
        Priority? priority = null;
        Customer? customer = null;
        List<string>? tags = null;
        decimal? amount = null;
        bool? refund = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("subject"u8))
            {
                reader.Read();
                subject = reader.GetString();
            }
            else if (reader.ValueTextEquals("priority"u8))
            {
                reader.Read();
                priority = ReadPriority(ref reader);
            }
            else if (reader.ValueTextEquals("customer"u8))
            {
                reader.Read();
                customer = ReadCustomer(ref reader);
            }
            else if (reader.ValueTextEquals("tags"u8))
            {
                reader.Read();
                tags = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    tags.Add(reader.GetString()!);
            }
            else if (reader.ValueTextEquals("amount"u8))
            {
                reader.Read();
                amount = reader.GetDecimal();
            }
            else if (reader.ValueTextEquals("refund"u8))
            {
                reader.Read();
                refund = reader.GetBoolean();
            }
            else
            {
                throw new JsonException();
            }
        }
        if (subject is null || priority is null || customer is null || tags is null || amount is null || refund is null)
            throw new JsonException();
        return new Ticket(subject, priority.Value, customer, tags, amount.Value, refund.Value);
    }

    private static Customer ReadCustomer(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        string? name = null;
        string? city = null;
        int? orders = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = reader.GetString();
            }
            else if (reader.ValueTextEquals("city"u8))
            {
                reader.Read();
                city = reader.GetString();
            }
            else if (reader.ValueTextEquals("orders"u8))
            {
                reader.Read();
                orders = reader.GetInt32();
            }
            else
            {
                throw new JsonException();
            }
        }
        if (name is null || city is null || orders is null)
            throw new JsonException();
        return new Customer(name, city, orders.Value);
    }

    private static Priority ReadPriority(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("Low"u8))
            return Priority.Low;
        if (reader.ValueTextEquals("Normal"u8))
            return Priority.Normal;
        if (reader.ValueTextEquals("High"u8))
            return Priority.High;
        if (reader.ValueTextEquals("Urgent"u8))
            return Priority.Urgent;
        throw new JsonException();
    }
}
