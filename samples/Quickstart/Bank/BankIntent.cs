using System.Text.Json.Serialization;

namespace Quickstart;

/// <summary>What a customer of a bank wants: the 77 intents of Banking77 (I. Casanueva et al., PolyAI, 2020; CC BY 4.0), in JSON by the names that they have there.</summary>
public enum BankIntent
{
    [JsonStringEnumMemberName("card_arrival")]
    CardArrival,

    [JsonStringEnumMemberName("card_linking")]
    CardLinking,

    [JsonStringEnumMemberName("exchange_rate")]
    ExchangeRate,

    [JsonStringEnumMemberName("card_payment_wrong_exchange_rate")]
    CardPaymentWrongExchangeRate,

    [JsonStringEnumMemberName("extra_charge_on_statement")]
    ExtraChargeOnStatement,

    [JsonStringEnumMemberName("pending_cash_withdrawal")]
    PendingCashWithdrawal,

    [JsonStringEnumMemberName("fiat_currency_support")]
    FiatCurrencySupport,

    [JsonStringEnumMemberName("card_delivery_estimate")]
    CardDeliveryEstimate,

    [JsonStringEnumMemberName("automatic_top_up")]
    AutomaticTopUp,

    [JsonStringEnumMemberName("card_not_working")]
    CardNotWorking,

    [JsonStringEnumMemberName("exchange_via_app")]
    ExchangeViaApp,

    [JsonStringEnumMemberName("lost_or_stolen_card")]
    LostOrStolenCard,

    [JsonStringEnumMemberName("age_limit")]
    AgeLimit,

    [JsonStringEnumMemberName("pin_blocked")]
    PinBlocked,

    [JsonStringEnumMemberName("contactless_not_working")]
    ContactlessNotWorking,

    [JsonStringEnumMemberName("top_up_by_bank_transfer_charge")]
    TopUpByBankTransferCharge,

    [JsonStringEnumMemberName("pending_top_up")]
    PendingTopUp,

    [JsonStringEnumMemberName("cancel_transfer")]
    CancelTransfer,

    [JsonStringEnumMemberName("top_up_limits")]
    TopUpLimits,

    [JsonStringEnumMemberName("wrong_amount_of_cash_received")]
    WrongAmountOfCashReceived,

    [JsonStringEnumMemberName("card_payment_fee_charged")]
    CardPaymentFeeCharged,

    [JsonStringEnumMemberName("transfer_not_received_by_recipient")]
    TransferNotReceivedByRecipient,

    [JsonStringEnumMemberName("supported_cards_and_currencies")]
    SupportedCardsAndCurrencies,

    [JsonStringEnumMemberName("getting_virtual_card")]
    GettingVirtualCard,

    [JsonStringEnumMemberName("card_acceptance")]
    CardAcceptance,

    [JsonStringEnumMemberName("top_up_reverted")]
    TopUpReverted,

    [JsonStringEnumMemberName("balance_not_updated_after_cheque_or_cash_deposit")]
    BalanceNotUpdatedAfterChequeOrCashDeposit,

    [JsonStringEnumMemberName("card_payment_not_recognised")]
    CardPaymentNotRecognised,

    [JsonStringEnumMemberName("edit_personal_details")]
    EditPersonalDetails,

    [JsonStringEnumMemberName("why_verify_identity")]
    WhyVerifyIdentity,

    [JsonStringEnumMemberName("unable_to_verify_identity")]
    UnableToVerifyIdentity,

    [JsonStringEnumMemberName("get_physical_card")]
    GetPhysicalCard,

    [JsonStringEnumMemberName("visa_or_mastercard")]
    VisaOrMastercard,

    [JsonStringEnumMemberName("topping_up_by_card")]
    ToppingUpByCard,

    [JsonStringEnumMemberName("disposable_card_limits")]
    DisposableCardLimits,

    [JsonStringEnumMemberName("compromised_card")]
    CompromisedCard,

    [JsonStringEnumMemberName("atm_support")]
    AtmSupport,

    [JsonStringEnumMemberName("direct_debit_payment_not_recognised")]
    DirectDebitPaymentNotRecognised,

    [JsonStringEnumMemberName("passcode_forgotten")]
    PasscodeForgotten,

    [JsonStringEnumMemberName("declined_cash_withdrawal")]
    DeclinedCashWithdrawal,

    [JsonStringEnumMemberName("pending_card_payment")]
    PendingCardPayment,

    [JsonStringEnumMemberName("lost_or_stolen_phone")]
    LostOrStolenPhone,

    [JsonStringEnumMemberName("request_refund")]
    RequestRefund,

    [JsonStringEnumMemberName("declined_transfer")]
    DeclinedTransfer,

    [JsonStringEnumMemberName("Refund_not_showing_up")]
    RefundNotShowingUp,

    [JsonStringEnumMemberName("declined_card_payment")]
    DeclinedCardPayment,

    [JsonStringEnumMemberName("pending_transfer")]
    PendingTransfer,

    [JsonStringEnumMemberName("terminate_account")]
    TerminateAccount,

    [JsonStringEnumMemberName("card_swallowed")]
    CardSwallowed,

    [JsonStringEnumMemberName("transaction_charged_twice")]
    TransactionChargedTwice,

    [JsonStringEnumMemberName("verify_source_of_funds")]
    VerifySourceOfFunds,

    [JsonStringEnumMemberName("transfer_timing")]
    TransferTiming,

    [JsonStringEnumMemberName("reverted_card_payment?")]
    RevertedCardPayment,

    [JsonStringEnumMemberName("change_pin")]
    ChangePin,

    [JsonStringEnumMemberName("beneficiary_not_allowed")]
    BeneficiaryNotAllowed,

    [JsonStringEnumMemberName("transfer_fee_charged")]
    TransferFeeCharged,

    [JsonStringEnumMemberName("receiving_money")]
    ReceivingMoney,

    [JsonStringEnumMemberName("failed_transfer")]
    FailedTransfer,

    [JsonStringEnumMemberName("transfer_into_account")]
    TransferIntoAccount,

    [JsonStringEnumMemberName("verify_top_up")]
    VerifyTopUp,

    [JsonStringEnumMemberName("getting_spare_card")]
    GettingSpareCard,

    [JsonStringEnumMemberName("top_up_by_cash_or_cheque")]
    TopUpByCashOrCheque,

    [JsonStringEnumMemberName("order_physical_card")]
    OrderPhysicalCard,

    [JsonStringEnumMemberName("virtual_card_not_working")]
    VirtualCardNotWorking,

    [JsonStringEnumMemberName("wrong_exchange_rate_for_cash_withdrawal")]
    WrongExchangeRateForCashWithdrawal,

    [JsonStringEnumMemberName("get_disposable_virtual_card")]
    GetDisposableVirtualCard,

    [JsonStringEnumMemberName("top_up_failed")]
    TopUpFailed,

    [JsonStringEnumMemberName("balance_not_updated_after_bank_transfer")]
    BalanceNotUpdatedAfterBankTransfer,

    [JsonStringEnumMemberName("cash_withdrawal_not_recognised")]
    CashWithdrawalNotRecognised,

    [JsonStringEnumMemberName("exchange_charge")]
    ExchangeCharge,

    [JsonStringEnumMemberName("top_up_by_card_charge")]
    TopUpByCardCharge,

    [JsonStringEnumMemberName("activate_my_card")]
    ActivateMyCard,

    [JsonStringEnumMemberName("cash_withdrawal_charge")]
    CashWithdrawalCharge,

    [JsonStringEnumMemberName("card_about_to_expire")]
    CardAboutToExpire,

    [JsonStringEnumMemberName("apple_pay_or_google_pay")]
    ApplePayOrGooglePay,

    [JsonStringEnumMemberName("verify_my_identity")]
    VerifyMyIdentity,

    [JsonStringEnumMemberName("country_support")]
    CountrySupport,
}
