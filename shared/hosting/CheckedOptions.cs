using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace SignalStream.Hosting;

/// <summary>Options that are bound and checked before the first message; what is wrong is told by key, value and rule.</summary>
public static partial class CheckedOptions
{
    /// <summary>Binds a section to a class and checks it at start.</summary>
    /// <typeparam name="TOptions">The class; injected as itself.</typeparam>
    /// <typeparam name="TValidator">Generated for it with <c>[OptionsValidator]</c>, or written.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <param name="section">Where it stands in the configuration.</param>
    public static IServiceCollection AddCheckedOptions<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>, new()
    {
        services.AddOptions<TOptions>()
            .Configure<IConfiguration>((options, configuration) => Bind(options, configuration.GetSection(section)))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(provider =>
            new KeyedValidator<TOptions>(new TValidator(), section, provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<TOptions>>().Value);
        return services;
    }

    private static void Bind<TOptions>(TOptions options, IConfigurationSection section)
        where TOptions : class
    {
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException exception)
        {
            var cause = exception.InnerException as InvalidOperationException ?? exception;
            var unknown = UnknownKeys().Match(cause.Message);
            var failure = unknown.Success ? $"{section.Path} has no setting {unknown.Groups[1].Value}." : cause.Message;
            throw new OptionsValidationException(section.Path, typeof(TOptions), [failure]);
        }
    }

    /// <summary>Turns the validators' class and property into the configuration's key, and adds the value.</summary>
    private sealed class KeyedValidator<TOptions>(IValidateOptions<TOptions> inner, string section, IConfiguration configuration)
        : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            var result = inner.Validate(name, options);
            return result.Failed ? ValidateOptionsResult.Fail(result.Failures.Select(Rewrite)) : result;
        }

        private string Rewrite(string failure)
        {
            var member = Regex.Match(failure, $@"{typeof(TOptions).Name}\.([\w.\[\]]+)");
            if (!member.Success)
                return failure;
            var key = $"{section}:{member.Groups[1].Value.TrimEnd('.').Replace('.', ':').Replace("[", ":", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)}";
            var rule = failure[(member.Index + member.Length)..].Replace(" field is", " it is", StringComparison.Ordinal).Trim(' ', '.');
            var subject = rule.StartsWith("it ", StringComparison.Ordinal) ? "" : "it ";
            return configuration[key] is { Length: > 0 } value
                ? $"{key} is {value}: {subject}{rule}."
                : $"{key} is not set: {subject}{rule}.";
        }
    }

    [GeneratedRegex(@"properties were not found on the instance of [^:]+: (.*)$")]
    private static partial Regex UnknownKeys();
}
