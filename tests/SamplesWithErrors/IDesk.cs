using System.Text.Json.Serialization;
using AiSdk;

namespace SamplesWithErrors;

public enum Topic
{
    Payment,
    Delivery,
    Complaint,
}

public record Order(string Id, decimal Total, Dictionary<string, decimal> Taxes);

[JsonDerivedType(typeof(Circle))]
public abstract record Shape;

public record Circle(double Radius) : Shape;

// A line's comment names the diagnostic that is planted in it, and what is underlined.
[AiFunctions]
public interface IDesk
{
    Task<string> AnswerAsync(string message, CancellationToken cancellationToken = default); // AISDK0003 AnswerAsync

    [UserPrompt("{{message}}")]
    Topic Route(string message); // AISDK0004 Topic

    [UserPrompt("{{message}}")]
    [AllowLoss] // AISDK0010 AllowLoss
    Task<string> RepeatAsync(string message);

    [UserPrompt("Answer: \"\t{{mesage}}\"")] // AISDK0101 mesage
    Task<string> GreetAsync(string message);

    [UserPrompt("""
        The order's total is
        {{order.Totl:N2}}.
        """)] // -1 AISDK0102 Totl
    Task<string> ExplainAsync(Order order);

    [SystemPrompt("You help {{customer}}.")] // AISDK0106 customer
    [UserPrompt("{{message}}")]
    Task<string> HelpAsync(string message, string customer);

    [UserPrompt("{{message}}")]
    Task<string> TranslateAsync(string message, string language); // AISDK0107 language

    [UserPrompt("Hello {name}, {{name}}")] // AISDK0108 {name}
    Task<string> WelcomeAsync(string name);

    [UserPrompt("{{message}} Answer in XML.")] // AISDK0112 Answer in XML
    Task<int> CountAsync(string message);

    [UserPrompt("Is it Payment, Delivery or Complaints? {{message}}")] // AISDK0113 Complaints
    Task<Topic> SortAsync(string message);

    [SystemPrompt("")] // AISDK0114 ""
    [UserPrompt("{{message}}")]
    Task<string> EchoAsync(string message);

    [UserPrompt("{{message}}")]
    Task<Shape> DrawAsync(string message); // AISDK0203 Task<Shape>

    [UserPrompt("{{message}}")]
    Task<Order> ReadAsync(string message); // AISDK0241 Task<Order>
}

public static class Caller
{
    public static void Run(IDesk desk)
    {
        desk.WelcomeAsync("Ada"); // AISDK0051 desk.WelcomeAsync("Ada")
    }
}
