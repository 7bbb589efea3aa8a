using SignalStream.Signal.Forecasting;
using SignalStream.Signal.Indicators;
using SignalStream.Signal.State;

namespace SignalStream.Predictor.Market;

/// <summary>A model on one stream, with its record.</summary>
internal sealed class ModelRun(PriceModel model)
{
    public PriceForecaster Forecaster { get; } = new(model);

    public ForecastRecord Record { get; } = new();

    public void Process(in PriceBar bar)
    {
        if (bar.Split != 1)
            Record.Rescale(1 / bar.Split);
        Record.Score(bar.Close);
        Forecaster.Process(bar);
        Record.Add(bar.Close, Forecaster.IsReady ? Forecaster.Forecasts : []);
    }

    /// <summary>The series does not go on: the model begins anew, its record stays.</summary>
    public void Restart()
    {
        Forecaster.Reset();
        Record.Interrupt();
    }

    public void Save(BinaryWriter writer)
    {
        Save(writer, Forecaster);
        Save(writer, Record);
    }

    public void Restore(BinaryReader reader)
    {
        Forecaster.RestoreState(reader.ReadBytes(Forecaster.StateSize));
        Record.RestoreState(reader.ReadBytes(Record.StateSize));
    }

    private static void Save(BinaryWriter writer, IStateful part)
    {
        var state = new byte[part.StateSize];
        part.SaveState(state);
        writer.Write(state);
    }
}
