// refinery
