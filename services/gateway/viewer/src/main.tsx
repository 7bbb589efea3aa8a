import { render } from "preact";
import "./pages/style.css";
import { AlertsPage } from "./pages/alerts/AlertsPage";
import { HeartPage } from "./pages/heart/HeartPage";
import { HeartTools } from "./pages/heart/HeartTools";
import { MarketPage } from "./pages/market/MarketPage";
import { NetworkPage } from "./pages/network/NetworkPage";
import { NetworkTools } from "./pages/network/NetworkTools";
import { startApp } from "./pages/shell/app";
import { startNotifications } from "./pages/shell/notifications";
import { followAddress } from "./pages/shell/place";
import { Shell } from "./pages/shell/Shell";
import { SystemPage } from "./pages/system/SystemPage";

const root = document.getElementById("app");
if (!root) throw new Error("index.html has no element #app.");
followAddress();
startApp();
startNotifications();
render(
  <Shell
    pages={[
      { path: "heart", title: "Heart", Body: HeartPage, Tools: HeartTools },
      { path: "market", title: "Market", Body: MarketPage },
      { path: "network", title: "Network", Body: NetworkPage, Tools: NetworkTools },
      { path: "alerts", title: "Alerts", Body: AlertsPage },
      { path: "system", title: "System", Body: SystemPage },
    ]}
  />,
  root,
);
