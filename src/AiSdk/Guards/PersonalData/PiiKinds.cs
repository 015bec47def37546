namespace AiSdk;

/// <summary>Kinds of personal data that <see cref="PiiGuard"/> finds.</summary>
[Flags]
public enum PiiKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>E-mail addresses.</summary>
    Email = 1,

    /// <summary>Telephone numbers, with their extensions.</summary>
    Phone = 2,

    /// <summary>Numbers of payment cards: a known issuer's prefix and length, and Luhn's check digit.</summary>
    Card = 4,

    /// <summary>International bank account numbers: a country's length, and the check digits (ISO 7064, modulo 97).</summary>
    Iban = 8,

    /// <summary>Social security numbers of the United States, in the ranges that are given out.</summary>
    SocialSecurityNumber = 16,

    /// <summary>Addresses of IPv4 and IPv6.</summary>
    IpAddress = 32,

    /// <summary>Numbers of passports, driving licences, identity cards and the like, where the words before them say so.</summary>
    Document = 64,

    /// <summary>All of them.</summary>
    All = Email | Phone | Card | Iban | SocialSecurityNumber | IpAddress | Document,
}
