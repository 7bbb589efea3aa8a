namespace NATS.Client.Core;

/// <summary>Sending what has gathered: by a publisher, or by the crew.</summary>
internal sealed partial class CommandWriter
{
    private void Send()
    {
        if ((!_underPressure && time.GetElapsedTime(_lastSend) < Quiet) || !TrySendAtOnce())
            CallCrew();
    }

    /// <summary>Sends on the caller's thread, once and without waiting.</summary>
    /// <returns>Whether nothing is left to do.</returns>
    private bool TrySendAtOnce()
    {
        try
        {
            if (!TakeGathered(out var waiting))
                return true;
            waiting?.Resume(onThisThread: false);
            _sent = _transport!.TrySend(_sending.AsSpan(0, _toSend));
        }
        catch (Exception)
        {
            Break();
            return true;
        }

        return _sent == _toSend && StopIfEnough();
    }

    /// <summary>Leaves the sending to the writer's own threads.</summary>
    private void CallCrew()
    {
        _crew ??= Crew.RunAsync("NATS sending", SendSome);
        _call.Set();
    }

    /// <summary>Waits to be called, or goes on sending.</summary>
    /// <returns>A publisher for whom there is room now.</returns>
    private IAwaiter? SendSome()
    {
        if (!_crewSends && !(_crewSends = WaitForCall()))
            return null;
        try
        {
            if (_sent < _toSend)
            {
                SendTaken();
                if (StopIfEnough())
                {
                    _crewSends = false;
                    return null;
                }
            }

            _crewSends = TakeGathered(out var waiting);
            return waiting;
        }
        catch (Exception)
        {
            _crewSends = false;
            Break();
            return null;
        }
    }

    /// <returns>Whether there is something to send, and nobody else sends.</returns>
    private bool WaitForCall()
    {
        var isCalled = _call.WaitOne(_underPressure ? Straggle : Timeout.InfiniteTimeSpan);
        ObjectDisposedException.ThrowIf(_isOver, this);
        return isCalled || TakeStragglers();
    }

    private void SendTaken()
    {
        while (true)
        {
            _sent += _transport!.TrySend(_sending.AsSpan(_sent, _toSend - _sent));
            if (_sent == _toSend)
                return;
            _underPressure = !_transport.IsEncrypted;
            var part = _sending.AsSpan(_sent, Math.Min(WaitingSend, _toSend - _sent));
            _sent += part.Length;
            _transport.Send(part);
        }
    }

    /// <summary>The connection is gone: its reading side tells why. From here on publishes are kept.</summary>
    private void Break()
    {
        Transport? broken;
        using (_gate.Hold())
        {
            broken = _transport;
            _transport = null;
            StopSending();
        }

        broken?.Dispose();
    }

    /// <summary>Takes what has gathered to send it next; where there is nothing, sending ends.</summary>
    private bool TakeGathered(out IAwaiter? waiting)
    {
        waiting = null;
        using (_gate.Hold())
        {
            if (_gathered == 0)
            {
                StopSending();
                return false;
            }

            (_sending, _gathering) = (_gathering, _sending);
            if (_gathering.Length is < 4096 or > 4 * MaxGathered)
                _gathering = new byte[bufferSize];
            (_sendingAgain, _again) = (_again, 0);
            _sentPieces |= _gathered >= Piece;
            _isUrgent = false;
            _toSend = _gathered;
            _sent = 0;
            _gathered = 0;
            waiting = SignalRoom();
            return true;
        }
    }

    /// <summary>Ends sending where nothing has gathered, or only what may wait a little.</summary>
    private bool StopIfEnough()
    {
        using (_gate.Hold())
        {
            if (_gathered > 0 && !MayStraggle)
                return false;
            StopSending();
            return true;
        }
    }

    private void StopSending()
    {
        _lastSend = time.GetTimestamp();
        _isSending = false;
        if (_pausing)
            _transport = null;
        _idle?.TrySetResult();
        _idle = null;
    }

    /// <summary>Takes over what no publisher has sent; the pressure is over once none has made a piece since the last time.</summary>
    private bool TakeStragglers()
    {
        using (_gate.Hold())
        {
            _underPressure &= _sentPieces;
            _sentPieces = false;
            return _gathered > 0 && MustSend();
        }
    }
}
